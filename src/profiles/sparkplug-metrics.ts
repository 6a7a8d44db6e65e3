/**
 * The metrics of one Sparkplug message as samples of one device: one sample for each time at which something
 * was acquired.
 */
import type { Publish } from '../model/raw-message.ts'
import type { DeviceId } from '../model/reading.ts'
import { type Decoded, type Draft, draft, gathering, UNDATED_RETAINED } from './decoder.ts'
import { type NamedPoints, refuseMissing, refuseNamed, takeNamed } from './named-points.ts'
import type { Metric, SparkplugPayload } from './sparkplug-payload.ts'
import type { Declared, Speaker } from './sparkplug-session.ts'
import { metricValue } from './sparkplug-value.ts'
import { readTime } from './time.ts'

export type ReadMetrics = Decoded & {
  /** An alias that no birth has declared: the birth must be heard again. */
  readonly isAliasUnknown: boolean
}

/** Every node and device has these; they are no points. */
const OF_THE_PROTOCOL = /^(?:bdSeq$|(?:Node|Device) (?:Control|Info)\/)/

/**
 * Of the property `Quality`; what is neither good nor one of these is doubted. What is stale nobody measured
 * now (docs/decisions/0058).
 */
const GOOD = 192n
const BAD = 0n
const STALE = 500n

/**
 * `declared` is undefined where aliases mean nothing at the moment; metrics that say name and datatype are
 * read all the same. A historical metric is a sample like any other: it is older than what the birth
 * said, and what is older than the newest reaches the history and the ledger and no live rule.
 */
export function readMetrics(
  { metrics, timestamp }: SparkplugPayload,
  message: Publish,
  device: DeviceId,
  points: NamedPoints,
  { declared, isBirth }: { readonly declared: Speaker | undefined; readonly isBirth: boolean },
): ReadMetrics {
  const drafts = new Map<bigint | undefined, { readonly made: Draft; readonly said: Set<string> }>()
  const gathered = gathering(message, device)
  const names = new Set<string>()
  let unknownPoints = 0
  let unknownAliases = 0

  const draftAt = (at: bigint | undefined, isHistorical: boolean) => {
    const known = drafts.get(at)
    if (known) return known
    const made = draft()
    dateDraft(made, at, isHistorical, message.retained)
    const opened = { made, said: new Set<string>() }
    drafts.set(at, opened)
    return opened
  }

  for (const metric of metrics) {
    const meant = meaning(metric, declared)
    if (meant === 'unknown') {
      unknownAliases++
      continue
    }
    if (!meant || !points.byName.has(meant.name)) {
      if (!OF_THE_PROTOCOL.test(meant?.name ?? '')) unknownPoints++
      continue
    }
    names.add(meant.name)
    if (metric.isTransient) continue // "not to be stored", says its sender
    const { made, said } = draftAt(metric.timestamp ?? timestamp, metric.isHistorical)
    if (said.has(meant.name)) continue
    said.add(meant.name)
    takeMetric(metric, meant, points, made)
  }

  if (isBirth) {
    const made = draft()
    refuseMissing(points, (name) => names.has(name), made)
    if (made.faults.length > 0) gathered.refuse('bad-point', made.faults.join('; '))
  }
  if (unknownAliases > 0) {
    const reason = `${unknownAliases} of its metrics have an alias that no birth heard by us has declared`
    gathered.refuse('birth-missing', reason)
  }
  for (const { made } of drafts.values()) gathered.take(made)
  const decoded = gathered.done()
  const isPassedOver = decoded.samples.length + decoded.deadLetters.length === 0
  return { ...decoded, unknownPoints, isPassedOver, isAliasUnknown: unknownAliases > 0 }
}

function dateDraft(made: Draft, at: bigint | undefined, isHistorical: boolean, isRetained: boolean): void {
  if (at !== undefined) {
    const time = readTime(Number(at), 'epoch-milliseconds')
    if (typeof time === 'number') made.at = time
    else made.timeFault = time.fault
  } else if (isHistorical) made.timeFault = 'time: a historical metric without a timestamp'
  else if (isRetained) made.timeFault = UNDATED_RETAINED
}

/** Undefined for what is declared and nobody's. */
function meaning(
  { name, alias, datatype }: Metric,
  declared: Speaker | undefined,
): Declared | 'unknown' | undefined {
  if (name !== undefined) {
    return { name, datatype: datatype || declared?.byName.get(name)?.datatype }
  }
  if (alias === undefined || !declared?.byAlias.has(alias)) return 'unknown'
  const known = declared.byAlias.get(alias)
  return known && { name: known.name, datatype: datatype || known.datatype }
}

function takeMetric(
  { said, isNull, quality }: Metric,
  { name, datatype }: Declared,
  points: NamedPoints,
  made: Draft,
): void {
  if (isNull || said === undefined) return void refuseNamed(points, name, 'is null', made)
  const read = metricValue(said, datatype)
  if ('fault' in read) return void refuseNamed(points, name, read.fault, made)
  const doubt = quality === undefined || quality === GOOD ? read.doubt : doubtOf(quality)
  takeNamed(points, name, read.value, made, doubt)
}

const doubtOf = (quality: bigint) => (quality === BAD || quality === STALE ? 'bad' : 'uncertain')
