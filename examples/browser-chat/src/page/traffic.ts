/** Bytes that went through the page's WebSockets. Import it before a node is made. */
export const traffic: { sent: number; received: number } = { sent: 0, received: 0 }

/** Text is the development server's. */
class CountedWebSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols)
    this.addEventListener('message', ({ data }) => {
      traffic.received += (data as ArrayBuffer).byteLength ?? 0
    })
  }

  override send(data: Uint8Array<ArrayBuffer>): void {
    traffic.sent += data.byteLength ?? 0
    super.send(data)
  }
}

globalThis.WebSocket = CountedWebSocket
