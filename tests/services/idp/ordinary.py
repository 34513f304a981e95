"""Ordinary traffic: what browsers, applications and devices send all day; nothing of it is an attack."""

from urllib.parse import quote

from tests.services.idp.traffic import Stream, down, request, response, up

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
_TARGETS = (
    "/",
    "/index.html",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/acme-challenge/x1",
    "/wiki/Select_(SQL)",
    "/search?q=how+to+union+two+lists+in+python",
    "/search?q=select+all+from+list",
    "/search?q=drop+table+lamp",
    "/search?q=o%27reilly+%26+sons",
    "/search?q=rock+%27n%27+roll",
    "/search?q=c%2B%2B+or+c%23",
    "/search?q=1%3D1",
    "/search?q=%3Cb%3Ebold%3C%2Fb%3E",
    "/shop?price=10..20&sort=asc",
    "/shop?size=%5B1%2C2%5D",
    "/a/b/../c.css",
    "/static/js/app.3f2a1b.min.js?v=1.2.3",
    "/api/v1/users/42?fields=id,name,email&include=groups",
    "/api/items?filter=price%20gt%20100%20and%20stock%20lt%205",
    "/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.example.test%2Fcb",
    "/proxy?url=https%3A%2F%2Fexample.test%2Fa.png",
    "/maps?ll=52.52,13.40&z=12",
    "/cart;jsessionid=1A2B3C",
    "/download/report.pdf",
    "/blog/2024/05/why-javascript-matters",
    "/blog/script-writing-101",
    "/docs/exec-summary.html",
    "/docs/etc/install.txt",
    "/photos/union%20square.jpg",
    "/git/config-guide",
    "/environment/news",
    "/music?artist=AC%2FDC&album=Back%20in%20Black",
    "/track?utm_source=mail&utm_campaign=50%25off",
    "/translate?text=Wie%20geht%27s%20dir%3F",
    "/q?x=a%7Cb%7Cc",
    "/q?expr=%28a%26b%29%7Cc",
    "/graphql?query=%7Buser%28id%3A1%29%7Bname%7D%7D",
    "/t?template=%7B%7Bname%7D%7D",
    "/calendar?from=2024-01-01&to=2024-12-31",
    "/login?next=/account/settings",
    "/data:export",
    "/~user/public",
)
_FORMS = (
    "name=Ann+O%27Neill&comment=I+love+it%3B+more+please%21",
    "user=ann&password=p%40ss%3Bw0rd%27--x",
    "text=Select+the+best+from+our+union+of+friends",
    "note=if+x+%3C+5+%26%26+y+%3E+3+then+stop",
    "code=print%28%22hello%22%29",
    "bio=I+work+on+%2Fetc+configuration%3B+cats+%26+dogs",
    "amount=%2420.00&currency=USD",
)
_JSON = (
    b'{"query": "select", "from": 1, "size": 10}',
    b'{"name": "O\'Brien", "tags": ["a", "b"], "price": {"gt": 5}}',
    b'{"html": "<p>Hello <b>world</b></p>", "path": "../img/x.png"}',
    b'{"t": "{{greeting}}, ${name}"}',
    b'{"jsonrpc": "2.0", "method": "eval", "params": ["1+1"], "id": 1}',
)
_COOKIES = "sid=8f14e45fceea167a; theme=dark; _ga=GA1.2.1111.2222; consent=%7B%22a%22%3Atrue%7D"

ORDINARY: tuple[Stream, ...] = (
    *(
        up(
            request(
                target,
                user_agent=_BROWSER,
                accept="text/html,*/*;q=0.8",
                referer="https://www.example.test/a?b=c",
                cookie=_COOKIES,
            )
        )
        for target in _TARGETS
    ),
    *(
        up(request("/post", "POST", text.encode(), content_type="application/x-www-form-urlencoded", user_agent=_BROWSER))
        for text in _FORMS
    ),
    *(up(request("/api", "POST", text, content_type="application/json", user_agent="okhttp/4.12.0")) for text in _JSON),
    *(
        up(request(f"/search?q={quote(text)}"))
        for text in (
            "who wrote 'war and peace'?",
            "x = y or z",
            "5 > 3 and 2 < 4",
            "alert sounds for phones",
            "document cameras",
            "powershell tutorial",
            "curl up & dye",
            "cat /kat/ noun",
            "the id of a person | id card",
            "ping pong; table",
            "()",
        )
    ),
    up(request("/", user_agent="curl/8.5.0")),
    up(request("/", "HEAD")),
    up(request("/", "OPTIONS", origin="https://a.test")),
    up(request("/", user_agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")),
    up(request("/", authorization="Basic dXNlcjpwYXNz")),
    [*up(request("/a.html")), *down(response(b"<html><script>var a = 1;</script><img onload='x()'></html>"))],
    [*up(request("/doc")), *down(response(b"Read /etc/passwd with cat; SELECT * FROM t UNION SELECT 1"))],
)
