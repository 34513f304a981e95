// Go's TLS, as a client of the proxy and as a server behind it:
//
//	peer ask ADDRESS NAME VERSION ROOTS     two requests over two connections; a line for each: HTTP, TLS, resumed, content
//	peer serve ADDRESS VERSION PEM WORDS    a server that says these words
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func ask(address, name, version, roots string) {
	pem, err := os.ReadFile(roots)
	must(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	client := http.Client{Transport: &http.Transport{
		DialContext: func(within context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(within, network, address)
		},
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: versions[version], MaxVersion: versions[version],
			ClientSessionCache: tls.NewLRUClientSessionCache(8)},
		ForceAttemptHTTP2: true}}
	for turn := 0; turn < 2; turn++ {
		answer, err := client.Get("https://" + name + "/")
		must(err)
		content, err := io.ReadAll(answer.Body)
		must(err)
		client.CloseIdleConnections()
		fmt.Printf("%s %x %t %s\n", answer.Proto, answer.TLS.Version, answer.TLS.DidResume, content)
	}
}

func serve(address, version, pem, words string) {
	handler := http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, words) })
	server := http.Server{Addr: address, Handler: handler,
		TLSConfig: &tls.Config{MinVersion: versions[version], MaxVersion: versions[version]}}
	must(server.ListenAndServeTLS(pem, pem))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	words := os.Args[2:]
	if os.Args[1] == "ask" {
		ask(words[0], words[1], words[2], words[3])
	} else {
		serve(words[0], words[1], words[2], words[3])
	}
}
