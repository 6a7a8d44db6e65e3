/**
 * unknown-tag: a checkpoint reads a tag that belongs to no guard: a lost tag, a copied one, or a visitor's.
 *
 * It ends with the next known tag at that checkpoint, or when no unknown one was read for `quietMs`.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({
  known: z
    .array(z.string().min(1))
    .min(1)
    .meta({ description: 'The tags that guards carry; `*` at the end stands for anything.' }),
  quietMs: z
    .int()
    .positive()
    .default(3_600_000)
    .meta({ description: 'It clears when no unknown tag was read for this long.' }),
})

const State = z.strictObject({
  /** The last unknown tag, while the breach holds. */
  readAt: z.int().nullable(),
})

const isKnown = (tag: string, known: readonly string[]) =>
  known.some((name) => (name.endsWith('*') ? tag.startsWith(name.slice(0, -1)) : tag === name))

export const unknownTag = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'unknown-tag',
  summary: 'A checkpoint reads a tag that belongs to no guard.',
  options: Options,
  state: State,
  codes: ['tag-unknown', 'tag-known', 'tag-not-again'],
  points: () => ['tag'],
  start: () => ({ state: { readAt: null } }),
  step(state, moment, { known, quietMs }) {
    const { readAt } = state
    const same = readAt === null ? { state } : { state, wakeAt: readAt + quietMs }
    if ('wokenAt' in moment) {
      if (readAt === null || moment.wokenAt < readAt + quietMs) return same
      const because = { code: 'tag-not-again', figures: { quietMs } }
      return { state: { readAt: null }, verdict: { breached: false, because } }
    }
    const { reading } = moment
    const tag = stated(reading, 'tag')
    if (tag === undefined) return same
    if (isKnown(String(tag), known)) {
      if (readAt === null) return same
      const because = { code: 'tag-known', figures: { tag } }
      return { state: { readAt: null }, verdict: { breached: false, because } }
    }
    const told = { state: { readAt: reading.at }, wakeAt: reading.at + quietMs }
    if (readAt !== null) return told
    return { ...told, verdict: { breached: true, because: { code: 'tag-unknown', figures: { tag } } } }
  },
})

export const unknownTagKind = declareKind(unknownTag, {
  families: ['patrol-checkpoint'],
  declared: Options,
  options: (declared) => declared,
})
