/**
 * Listens to the live stream of the gateway and hands over each event at the instant at which its last byte
 * was read.
 */

export type LiveEvent = { readonly event: string; readonly data: unknown; readonly readAtMs: number }

/** Resolves once the stream is open; events of other names are passed over unparsed. */
export async function listen(
  url: string,
  token: string,
  wanted: ReadonlySet<string>,
  onEvent: (event: LiveEvent) => void,
): Promise<() => void> {
  const stop = new AbortController()
  const answer = await fetch(`${url}/api/v1/live`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: stop.signal,
  })
  if (!answer.ok || !answer.body) throw new Error(`the live stream answers ${answer.status}`)
  void read(answer.body, wanted, onEvent).catch((cause) => {
    if (!stop.signal.aborted) throw cause
  })
  return () => stop.abort()
}

async function read(
  body: ReadableStream<Uint8Array>,
  wanted: ReadonlySet<string>,
  onEvent: (event: LiveEvent) => void,
): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const readAtMs = performance.now()
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1] ?? ''
      if (!wanted.has(event)) continue
      const data: unknown = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null')
      onEvent({ event, data, readAtMs })
    }
  }
}
