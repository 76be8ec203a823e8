import ipaddress
from urllib.parse import urlparse, urlunparse, urljoin, quote, unquote, urlencode, parse_qs, parse_qsl, urlsplit, quote_plus, unquote_plus

a = ipaddress.ip_address("192.168.1.10")
n = ipaddress.ip_network("192.168.1.0/28")
print(a, a.is_private, int(a), a + 5, a in n, n.num_addresses, n.netmask, n.broadcast_address, list(n.hosts())[:2], list(n.subnets(new_prefix=30))[1], n.supernet(), n.overlaps(ipaddress.ip_network("192.168.0.0/16")), a.reverse_pointer, a.packed, ipaddress.ip_address(1))
v6 = ipaddress.ip_address("2001:db8::1")
print(v6, v6.exploded, v6.version, ipaddress.ip_network("2001:db8::/126").num_addresses, ipaddress.IPv4Interface("10.0.0.1/8").network, sorted([ipaddress.ip_address("10.0.0.2"), ipaddress.ip_address("10.0.0.1")]), list(ipaddress.summarize_address_range(ipaddress.IPv4Address("1.0.0.0"), ipaddress.IPv4Address("1.0.0.5"))), ipaddress.ip_address("::ffff:1.2.3.4").ipv4_mapped)
for bad in ("256.1.1.1", "1.2.3", "::g"):
    try:
        ipaddress.ip_address(bad)
    except ValueError as e:
        print(e)
u = urlparse("https://user:pw@example.com:8080/a/b;p?q=1&q=2&r=%20x#frag")
print(u, u.hostname, u.port, u.username, parse_qs(u.query), parse_qsl("a=1&b=&c", keep_blank_values=True), urlunparse(u._replace(fragment="")), u.geturl(), u._asdict()["path"])
print(urljoin("http://a/b/c", "../d"), urljoin("http://a/b", "//x/y"), quote("a b/ü?"), unquote("a%20b%C3%BC"), urlencode({"k": "v w", "n": [1, 2]}, doseq=True), quote_plus("a b&c"), unquote_plus("a+b"), urlsplit("//host/path"), quote("/", safe=""))
