/**
 * Writing a profile without a gateway: are its examples still read as they say, and what would be read from
 * this message? The answer to the second is printed as an example, to be looked at, given a reason and kept
 * beside the profile.
 */
import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { stringify } from 'yaml'
import { nearPoints } from '../config/near-points.ts'
import { problems } from '../config/problems.ts'
import { readExamples } from '../config/profile-examples.ts'
import { profileFiles, readProfile } from '../config/profiles.ts'
import { unreadable } from '../config/readable.ts'
import { systemClock } from '../connect/system-clock.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import {
  differences,
  ExampleChange,
  exampleDevice,
  exampleTopic,
  type Played,
  playedOf,
  type Read,
  readByProfile,
} from '../profiles/example.ts'
import { addressIn, unreadIn } from '../profiles/trial.ts'
import { type Command, type Terminal, UsageError } from './command.ts'
import { parseWords } from './options.ts'

export const profileCheck: Command = {
  name: 'profile check',
  usage: 'profile check FILE|FOLDER [--payload FILE|- [--topic TOPIC] [--address ADDRESS]]',
  summary: 'Check device profiles and their examples, or show what one reads from a message.',
  async run(args, terminal) {
    const { values, positionals } = parseWords(args, ['payload', 'topic', 'address'], ['FILE|FOLDER'])
    const files = profilesAt(positionals[0] ?? '')
    if (values.payload === undefined) {
      if (values.topic !== undefined || values.address !== undefined)
        throw new UsageError('--topic and --address say more of a --payload')
      return checkAll(files, terminal)
    }
    const [file = ''] = files
    if (files.length !== 1) throw new UsageError('--payload is read by one profile: name its file')
    return show(readProfile(file), trialOf(values), terminal)
  },
}

function profilesAt(path: string): string[] {
  const whole = resolve(path)
  const isFolder = statSync(whole, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === undefined)
    throw new GatehouseError(
      'config-unreadable',
      `There is no ${whole}: name a profile, <vendor>/<model>.yaml, or a folder of them`,
    )
  const files = isFolder ? profileFiles(whole) : [whole.replace(/\.examples\.yaml$/, '.yaml')]
  if (files.length === 0)
    throw new GatehouseError(
      'config-unreadable',
      `There is no profile in ${whole}: they stand as <vendor>/<model>.yaml`,
    )
  return files
}

function checkAll(files: readonly string[], { out, err }: Terminal): number {
  const wrong = problems()
  let failed = 0
  for (const file of files) {
    const profile = wrong.attempt(() => readProfile(file))
    const examples = wrong.attempt(() => readExamples(file) ?? [])
    if (!profile || !examples) continue
    for (const sentence of nearPoints(profile)) err(`Warning: ${sentence}`)
    const name = profileName(profile)
    const broken = examples.flatMap((example) => {
      const found = wrong.attempt(() => differences(example, readByProfile(profile, playedOf(example)))) ?? []
      return found.map((sentence) => `${name}: ${example.why}: ${sentence}`)
    })
    for (const sentence of broken) err(sentence)
    failed += broken.length
    if (broken.length === 0 && examples.length > 0)
      out(
        `${name}: ${examples.length === 1 ? 'its example is' : `its ${examples.length} examples are`} read as said`,
      )
    if (examples.length === 0)
      err(
        `Warning: ${name} has no examples: --payload makes one, to be kept in ${basename(file, '.yaml')}.examples.yaml`,
      )
  }
  wrong.throwAny()
  if (failed > 0)
    throw new GatehouseError(
      'config-invalid',
      `${failed} ${failed === 1 ? 'thing is' : 'things are'} read otherwise than the examples say`,
    )
  return 0
}

type Trial = { readonly payload: Uint8Array; readonly topic?: string; readonly address?: string }

function trialOf({ payload = '', topic, address }: Readonly<Record<string, string | undefined>>): Trial {
  const given = { ...(topic !== undefined && { topic }), ...(address !== undefined && { address }) }
  try {
    return { payload: readFileSync(payload === '-' ? 0 : payload), ...given }
  } catch (cause) {
    const why = unreadable(payload) ?? (cause as Error).message
    throw new GatehouseError('config-unreadable', `The payload: ${why}`, { cause })
  }
}

function show(
  profile: DeviceProfile,
  { payload, topic, address: named }: Trial,
  { out, err }: Terminal,
): number {
  for (const sentence of nearPoints(profile)) err(`Warning: ${sentence}`)
  const json = jsonIn(payload)
  const address = named ?? addressIn(profile, topic, json)
  const change = profile.codec === 'opcua' ? changeIn(json) : undefined
  const given = {
    ...(address !== undefined && { address }),
    ...(topic !== undefined && { topic }),
    ...(change && { change }),
  }
  const played: Played = { ...given, after: [], payload }
  const read = readByProfile(profile, played)
  const device = exampleDevice(profile, address)
  const where = change ? `${device.address}${change.node}` : (topic ?? exampleTopic(profile, device))
  out(`# ${profileName(profile)}, of a device whose address is ${device.address}, on ${where}`)
  for (const line of wordsOf(profile, read, systemClock.now())) out(`#   ${line}`)
  if (
    topic !== undefined &&
    'topic' in profile &&
    read.deadLetters.some(({ code }) => code === 'unknown-device')
  )
    out(`#   the profile is for messages on ${profile.topic}`)
  const unread = unreadIn(profile, json)
  if (unread.length > 0) out(`#   no point reads ${unread.join(', ')}`)
  out(asExample({ ...given, ...(change ? {} : said(payload, json)) }, read).trimEnd())
  return read.deadLetters.length > 0 || (read.samples.length === 0 && !read.passedOver) ? 1 : 0
}

function jsonIn(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
}

const said = (payload: Uint8Array, json: unknown) =>
  json === undefined ? { bytes: payload.toBase64() } : { payload: json }

function changeIn(json: unknown): Played['change'] {
  const read = ExampleChange.safeParse(json)
  if (read.success) return read.data
  throw new GatehouseError(
    'config-invalid',
    'A node of OPC UA says: {"node": ".Volume", "value": 123.5, "statusCode": 0, "sourceTimestamp": "2026-10-01T00:00:00Z"}',
  )
}

function wordsOf(profile: DeviceProfile, read: Read, now: Instant): string[] {
  const lines = read.samples.flatMap(({ at, values, doubts = {} }) => [
    `measured ${at === undefined ? 'when it arrives' : `${iso(at)}${doubtOf(at, now)}`}`,
    ...Object.entries(values).map(([name, value]) => {
      const point = profile.points[name]
      const unit = point?.type === 'number' ? ` ${point.unit}` : ''
      const range = point?.type === 'number' && point.range ? `, outside of ${point.range.join(' … ')}` : ''
      return `  ${name} ${value}${unit}${doubts[name] ? `  (${doubts[name]}${doubts[name] === 'bad' ? range : ''})` : ''}`
    }),
  ])
  for (const { code, reason } of read.deadLetters)
    lines.push(`dead letter: ${reason} [${code}]${remedyFor(reason)}`)
  if (read.unknownPoints > 0) lines.push(`${read.unknownPoints} points that the profile does not name`)
  if (read.passedOver) lines.push('passed over: `only` says that such a message is not meant')
  if (lines.length === 0) lines.push('nothing was read')
  return lines
}

/** What intake believes by default. */
const [OLDEST_MS, AHEAD_MS] = [30 * 86_400_000, 5 * 60_000]

const doubtOf = (at: Instant, now: Instant): string =>
  at < now - OLDEST_MS
    ? ' (sent now it would be refused: more than 30 days ago)'
    : at > now + AHEAD_MS
      ? ' (sent now it would be refused: more than 5 min ahead)'
      : ''

const iso = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z')

function asExample(
  given: object,
  { samples, deadLetters, unknownPoints, passedOver, replies }: Read,
): string {
  const example = {
    why: 'what it shows, in a sentence',
    ...given,
    ...(samples.length > 0 && {
      samples: samples.map(({ at, ...sample }) => ({ ...(at !== undefined && { at: iso(at) }), ...sample })),
    }),
    ...(deadLetters.length > 0 && { deadLetters }),
    ...(unknownPoints > 0 && { unknownPoints }),
    ...(passedOver && { passedOver }),
    ...(replies.length > 0 && { replies }),
  }
  return stringify([example], { lineWidth: 0 })
}

/** What the profile could say where the device is right. */
function remedyFor(reason: string): string {
  if (/expected a number, got "[-+]?\d+(?:\.\d+)?"/.test(reason))
    return '; where the device sends its figures in quotes, the point says quoted: true'
  const [, clock] = /looks like (milliseconds|seconds)/.exec(reason) ?? []
  if (clock !== undefined) return `; where that is right, the time of the profile says format: epoch-${clock}`
  return ''
}
