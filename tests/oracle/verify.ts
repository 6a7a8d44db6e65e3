/**
 * Compares what the gateway shows with what it owes: every obligation once, with its payload, and
 * nothing that no device has sent. It asks the API, as any user would, and looks into no file.
 */
import { isDeepStrictEqual } from 'node:util'
import { deviceId, instantOf, numberAt, type Run, valuesOf } from './message.ts'
import type { Acknowledged } from './publisher.ts'

export type Ask = (path: string) => Promise<{ readonly status: number; readonly body: unknown }>

export type Findings = {
  readonly obligations: number
  readonly stored: number
  /** Acknowledged and not there. */
  readonly missing: readonly string[]
  readonly duplicated: readonly string[]
  /** There, but not as it was sent. */
  readonly differing: readonly string[]
  /** Never sent by anyone. */
  readonly unknown: readonly string[]
}

export const isFaultless = ({ missing, duplicated, differing, unknown }: Findings): boolean =>
  missing.length + duplicated.length + differing.length + unknown.length === 0

type Row = { readonly at: string; readonly values: Record<string, unknown>; readonly quality?: unknown }
type Page = { readonly items: readonly Row[]; readonly next: string | null }

/** Of each device, the number of messages sent so far: what has a higher number is unknown. */
export async function verify(
  ask: Ask,
  run: Run,
  obligations: readonly Acknowledged[],
  sent: readonly number[],
): Promise<Findings> {
  const found = {
    missing: [] as string[],
    duplicated: [] as string[],
    differing: [] as string[],
    unknown: [] as string[],
  }
  let stored = 0
  const seen = sent.map((count) => new Uint8Array(count))
  for (const [device, seenOf] of seen.entries()) {
    for await (const { at, values, quality } of rowsOf(ask, run, device)) {
      const n = numberAt(run, Date.parse(at))
      const name = `${deviceId(device)} ${at}`
      stored++
      if (!Number.isInteger(n) || n < 0 || n >= seenOf.length) found.unknown.push(name)
      else if (seenOf[n]) found.duplicated.push(name)
      else if (quality !== undefined || !isDeepStrictEqual({ ...values }, valuesOf(run, device, n))) {
        found.differing.push(`${name} ${JSON.stringify(values)}`)
      }
      if (seenOf[n] !== undefined) seenOf[n] = 1
    }
  }
  for (const { device, n } of obligations) {
    if (!seen[device]?.[n]) found.missing.push(`${deviceId(device)} ${n}`)
  }
  return { obligations: obligations.length, stored, ...found }
}

/** Waits for what is still on its way into the history; what is missing after the limit is missing. */
export async function verifyWithin(withinMs: number, ...given: Parameters<typeof verify>): Promise<Findings> {
  const until = performance.now() + withinMs
  for (;;) {
    const findings = await verify(...given)
    if (findings.missing.length === 0 || performance.now() > until) return findings
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function* rowsOf(ask: Ask, run: Run, device: number): AsyncGenerator<Row> {
  // Beyond both ends of what was sent, so that an invented reading is seen.
  const range = `from=${new Date(run.start - 86_400_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, next }: Page = await pageOf(
      ask,
      `/devices/${deviceId(device)}/readings?${range}&limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    yield* items
    cursor = next
  }
}

/** A history that is just being started again answers 503, and is asked again. */
async function pageOf(ask: Ask, path: string): Promise<Page> {
  for (let tries = 1; ; tries++) {
    const { status, body } = await ask(path)
    if (status === 200) return body as Page
    if (status !== 503 || tries === 60) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** How long after its PUBACK a message could be read, ms; undefined where it was not within the limit. */
export async function shownAfterMs(
  ask: Ask,
  run: Run,
  { device, n, at }: Acknowledged,
  withinMs: number,
): Promise<number | undefined> {
  const instant = instantOf(run, n)
  const range = `from=${new Date(instant).toISOString()}&to=${new Date(instant + 1).toISOString()}`
  do {
    const { status, body } = await ask(`/devices/${deviceId(device)}/readings?${range}`)
    if (status === 200 && (body as Page).items.length > 0) return Date.now() - at
    await new Promise((resolve) => setTimeout(resolve, 50))
  } while (Date.now() - at <= withinMs)
  return undefined
}
