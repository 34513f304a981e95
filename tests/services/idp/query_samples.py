"""Samples of what is injected into queries, pages and paths; see `samples`."""

from tests.services.idp.carriers import agent, body, cookie, form, target, uri
from tests.services.idp.traffic import Stream

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
}
