/**
 * An access-control gate: people pass in slots of half a minute, each with a grant, an opening and a closing;
 * now and then somebody is refused. A heartbeat each half minute tells the state of door and lock. What goes wrong at a
 * gate is a story: events of its own, and nobody else near it.
 */
import type { Instant, Interval } from '../src/model/instant.ts'
import type { Value } from '../src/model/reading.ts'
import { type Behaviour, beats } from './behaviour.ts'
import { between, chance } from './chance.ts'
import { busyness, type LocalDay } from './local-day.ts'
import { isOn, occurrenceIn, type ScenarioName, type Trouble } from './trouble.ts'

const SLOT_MS = 30_000
const HEARTBEAT_MS = 30_000

/** So long before a trouble nobody passes: the story must not be explained by the grant of a passer-by. */
const QUIET_MS = 30_000

type Event = { readonly at: Instant; readonly values: Readonly<Record<string, Value>> }

export type GateOptions = {
  readonly device: string
  readonly seed: number
  readonly dayOf: (at: Instant) => LocalDay
  readonly troubles: readonly Trouble[]
}

export function accessGate({ device, seed, dayOf, troubles }: GateOptions): Behaviour {
  const stories = troubles.filter(({ name }) => name in STORIES)
  const credential = (slot: Instant) =>
    `card-${String(Math.floor(chance(seed, device, slot, 'card') * 900) + 100).padStart(4, '0')}`

  const passage = (slot: Instant): Event[] => {
    const near = { from: slot, to: slot + SLOT_MS + QUIET_MS }
    if (stories.some((story) => occurrenceIn(story, near))) return []
    const share = chance(seed, device, slot, 'passes')
    const busy = 0.5 * busyness(dayOf(slot), slot)
    const at = slot + Math.floor(chance(seed, device, slot, 'when') * 15) * 1_000
    if (share >= busy) return []
    if (share >= busy * 0.95) {
      return [{ at, values: { access: 'denied', credential: credential(slot), reason: 'CredentialExpired' } }]
    }
    const openMs = Math.floor(between(3_000, 7_000, chance(seed, device, slot, 'open')))
    return [
      { at, values: { access: 'granted', credential: credential(slot) } },
      { at: at + 1_000, values: { door: 'open' } },
      { at: at + 1_000 + openMs, values: { door: 'closed' } },
    ]
  }

  const story = (trouble: Trouble, around: Instant): Event[] => {
    const found = occurrenceIn(trouble, { from: around - trouble.lastsMs, to: around + SLOT_MS })
    if (!found) return []
    return STORIES[trouble.name]?.(found, credential(found.from)) ?? []
  }

  const eventsIn = (from: Instant, to: Instant): Event[] => {
    const events = new Map<string, Event>()
    for (let slot = Math.floor(from / SLOT_MS) * SLOT_MS - SLOT_MS; slot <= to; slot += SLOT_MS) {
      for (const event of [...passage(slot), ...stories.flatMap((trouble) => story(trouble, slot))]) {
        if (event.at > from && event.at <= to) events.set(`${event.at} ${Object.keys(event.values)}`, event)
      }
    }
    return [...events.values()]
  }

  /** The last that was said of the door; long stories are looked up, short ones are found in the slots before. */
  const doorAt = (at: Instant): 'open' | 'closed' => {
    if (stories.some((trouble) => isOpenBy(trouble, at))) return 'open'
    const said = eventsIn(at - 2 * SLOT_MS, at).toSorted((a, b) => a.at - b.at)
    return said.findLast(({ values }) => 'door' in values)?.values.door === 'open' ? 'open' : 'closed'
  }

  const phaseMs = Math.floor(chance(seed, device, 'phase') * 30) * 1_000 + 500
  return (after, upTo) => {
    const heartbeats = beats(HEARTBEAT_MS, phaseMs, after, upTo).map((at): Event => {
      const isUnlocked = stories.some((trouble) => UNLOCKS.includes(trouble.name) && isOn(trouble, at))
      return { at, values: { door: doorAt(at), lock: isUnlocked ? 'unlocked' : 'locked' } }
    })
    return [...eventsIn(after, upTo), ...heartbeats]
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, values }) => ({ device, at, values }))
  }
}

/** In these the door stands open from a second after the beginning. */
const OPENS: readonly ScenarioName[] = ['door-held-open', 'door-forced', 'fire-release']
const UNLOCKS: readonly ScenarioName[] = ['door-unlocked', 'fire-release']

/** Between two tries of whoever guesses a code. */
const TRY_MS = 5_000

/** What the gate says of each, from its beginning to its end. */
const STORIES: Partial<Record<ScenarioName, (time: Interval, credential: string) => Event[]>> = {
  'door-held-open': ({ from, to }, credential) => [
    { at: from, values: { access: 'granted', credential } },
    { at: from + 1_000, values: { door: 'open' } },
    { at: to, values: { door: 'closed' } },
  ],
  'door-forced': ({ from, to }) => [
    { at: from + 1_000, values: { door: 'open' } },
    { at: to, values: { door: 'closed' } },
  ],
  'door-unlocked': ({ from, to }) => [
    { at: from, values: { lock: 'unlocked' } },
    { at: to, values: { lock: 'locked' } },
  ],
  'door-tamper': ({ from, to }) => [
    { at: from, values: { tamper: true } },
    { at: to, values: { tamper: false } },
  ],
  'denied-burst': ({ from, to }, credential) =>
    Array.from({ length: Math.ceil((to - from) / TRY_MS) }, (_, tries) => ({
      at: from + tries * TRY_MS,
      values: { access: 'denied', credential, reason: 'InvalidPIN' },
    })),
  duress: ({ from }, credential) => [
    { at: from, values: { access: 'granted', credential, direction: 'in', duress: true } },
    { at: from + 1_000, values: { door: 'open' } },
    { at: from + 5_000, values: { door: 'closed' } },
  ],
  'anti-passback': ({ from, to }, credential) =>
    [from, from + (to - from) / 2].flatMap((at) => [
      { at, values: { access: 'granted', credential, direction: 'in' } },
      { at: at + 1_000, values: { door: 'open' } },
      { at: at + 4_000, values: { door: 'closed' } },
    ]),
  'fire-release': ({ from, to }) => [
    { at: from, values: { fire: true, lock: 'unlocked' } },
    { at: from + 1_000, values: { door: 'open' } },
    { at: to, values: { fire: false, door: 'closed', lock: 'locked' } },
  ],
}

function isOpenBy(trouble: Trouble, at: Instant): boolean {
  if (!OPENS.includes(trouble.name)) return false
  const found = occurrenceIn(trouble, { from: at, to: at + 1 })
  return found !== undefined && at >= found.from + 1_000
}
