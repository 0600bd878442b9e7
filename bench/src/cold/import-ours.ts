const startedAt = performance.now()
await import('@ts-libp2p/libp2p')
console.log(performance.now() - startedAt)
