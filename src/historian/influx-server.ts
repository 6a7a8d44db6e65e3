/** Speaks to the server through the client library's transport, with a time limit on the whole of each call. */
import { InfluxDB, type SendOptions } from '@influxdata/influxdb-client'
import { GatehouseError } from '../model/errors.ts'
import type { Series } from './influx-lines.ts'
import type { InfluxOptions } from './influx-options.ts'
import type { Answer } from './influx-policy.ts'

export interface InfluxServer {
  write(lines: readonly string[], signal: AbortSignal): Promise<Answer>
  /** The one series that the InfluxQL answers with. Throws GatehouseError `historian-busy` or `historian-refused`. */
  query(influxQl: string, signal: AbortSignal): Promise<Series>
}

export function influxServer(options: InfluxOptions): InfluxServer {
  const {
    url,
    version,
    org = '',
    bucket = '',
    token,
    database = '',
    username,
    password = '',
    timeoutMs,
  } = options
  const headers: Record<string, string> = {}
  if (version === '1' && username) {
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
  const withToken = version === '2' && token ? { token } : {}
  const { transport } = new InfluxDB({ url, timeout: timeoutMs, headers, ...withToken })
  const writePath =
    version === '1'
      ? `/write?${new URLSearchParams({ db: database, precision: 'ns' })}`
      : `/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ns' })}`

  /** The library bounds the silence between two bytes; a server that trickles is bounded here, in real time. */
  function call(
    path: string,
    body: string,
    how: SendOptions,
    signal: AbortSignal,
  ): Promise<Answer & { readonly body: string }> {
    const { promise, resolve } = Promise.withResolvers<Answer & { readonly body: string }>()
    let status = 0
    const ending = new AbortController()
    const parts: Uint8Array[] = []
    const fail = (failed: Error) => resolve({ failed, body: '' })
    const giveUp = (because: string) => {
      fail(new Error(because)) // before the end, which the library reports in its own words
      ending.abort() // the library's own way to cancel leaves the socket open, and with it the process
    }
    const stop = () => giveUp('stopped')
    if (signal.aborted) return Promise.resolve({ failed: new Error('stopped'), body: '' })
    signal.addEventListener('abort', stop, { once: true })
    const limit = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs)
    transport.send(
      path,
      body,
      { ...how, signal: ending.signal },
      {
        responseStarted: (_headers, statusCode = 0) => {
          status = statusCode
        },
        next: (part) => {
          parts.push(part)
        },
        complete: () =>
          resolve(
            status
              ? { status, body: Buffer.concat(parts).toString() }
              : { failed: new Error('no answer'), body: '' },
          ),
        error: fail,
      },
    )
    return promise.finally(() => {
      clearTimeout(limit)
      signal.removeEventListener('abort', stop)
    })
  }

  return {
    write: (lines, signal) =>
      call(
        writePath,
        lines.join('\n'),
        { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' }, gzipThreshold: 1_000 },
        signal,
      ),
    async query(influxQl, signal) {
      const parameters = new URLSearchParams({
        db: version === '1' ? database : bucket,
        q: influxQl,
        epoch: 'ms',
      })
      const how = { method: 'GET', headers: { accept: 'application/json' } }
      const answer = await call(`/query?${parameters}`, '', how, signal)
      if ('failed' in answer) throw refusal(answer.failed)
      return seriesIn(answer.body)
    },
  }
}

function refusal(cause: Error): GatehouseError {
  const status = (cause as { readonly statusCode?: number }).statusCode
  const refused = status !== undefined && status >= 400 && status < 429 && status !== 408
  return new GatehouseError(
    refused ? 'historian-refused' : 'historian-busy',
    `InfluxDB did not answer: ${cause.message}`,
    { cause },
  )
}

type Result = {
  readonly error?: string
  readonly results?: readonly { readonly error?: string; readonly series?: readonly Series[] }[]
}

function seriesIn(body: string): Series {
  let told: Result
  try {
    told = JSON.parse(body)
  } catch (cause) {
    throw new GatehouseError('historian-busy', 'InfluxDB answered what is not JSON', { cause })
  }
  const error = told.error ?? told.results?.[0]?.error
  if (error) throw new GatehouseError('historian-refused', `InfluxDB cannot answer: ${error}`)
  return told.results?.[0]?.series?.[0] ?? { columns: [], values: [] }
}
