const startedAt = performance.now()
await Promise.all([
  import('js-libp2p'),
  import('@libp2p/tcp'),
  import('@libp2p/websockets'),
  import('@libp2p/noise'),
  import('@libp2p/yamux'),
  import('@libp2p/identify'),
  import('@libp2p/ping')
])
console.log(performance.now() - startedAt)
