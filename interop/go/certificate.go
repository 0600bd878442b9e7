package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
)

// listenerTLS is what it takes to listen at /tls/ws: see interop/README.md. It returns nil when nobody asks for it.
func listenerTLS(settings string) (*tls.Config, error) {
	if settings == "" {
		return nil, nil
	}
	var der struct {
		Key         hexBytes `json:"key"`
		Certificate hexBytes `json:"certificate"`
	}
	if err := json.Unmarshal([]byte(settings), &der); err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der.Key)
	chain := [][]byte{der.Certificate}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: chain, PrivateKey: key}}}, err
}
