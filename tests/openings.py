"""First bytes of real protocols, by side and application."""

CLIENTS = {
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n", "RDP": bytes.fromhex("030000130ee00000000000010008000b000000"),
    "SMB": b"\x00\x00\x00\x85\xfeSMB", "KRB5": b"\x00\x00\x00\xe2\x6a\x81",
    "LDAP": bytes.fromhex("300c020101600702010304008000"),
    "POSTGRES": b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "TDS": bytes.fromhex("1201003a0000000000"),
    "DNS": bytes.fromhex("001d12340100000100000000000003777777"), "MQTT": b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c",
    "BITTORRENT": b"\x13BitTorrent protocol" + bytes(8), "TELNET": b"\xff\xfd\x18", "REDIS": b"*1\r\n$4\r\nPING\r\n",
    "SIP": b"INVITE sip:a@b.test SIP/2.0\r\n", "RTSP": b"OPTIONS rtsp://a.test/x RTSP/1.0\r\n", "SMTP": b"EHLO a.test\r\n",
    "FTP": b"USER joe\r\n", "IMAP": b"a1 LOGIN joe x\r\n", "IRC": b"NICK joe\r\n", "SOCKS": b"\x05\x01\x00",
    "S7COMM": bytes.fromhex("0300001611e00000001400c1020100"), "MODBUS": bytes.fromhex("000100000006010300000001"),
    "AMQP": b"AMQP\x00\x00\x09\x01", "XMPP": b"<stream:stream to='a'>", "GIT": b"0033git-upload-pack /a.git\0",
    "STUN": bytes.fromhex("000100002112a442"), "BGP": b"\xff" * 16 + b"\x00\x1d\x01", "RTMP": b"\x03" + bytes(8),
    "TNS": bytes.fromhex("00c90000010000000136"), "RSYNC": b"@RSYNCD: 31.0\n", "MEMCACHE": b"get key\r\n",
    "MONGODB": bytes.fromhex("3a0000000100000000000000d4070000"), "VNC": b"RFB 003.008\n"}
SERVERS = {
    "SSH": b"SSH-2.0-x\r\n", "SMTP": b"220 mx.test ESMTP ready\r\n", "FTP": b"220 (vsFTPd 3.0.3)\r\n",
    "IMAP": b"* OK ready\r\n", "POP3": b"+OK ready\r\n", "MYSQL": b"\x4a\x00\x00\x00\x0a8.0.3", "VNC": b"RFB 003.008\n",
    "NNTP": b"200 news.test InterNetNews\r\n"}
