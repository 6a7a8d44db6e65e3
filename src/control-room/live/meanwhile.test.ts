import { expect, it } from 'vitest'
import type { Whole } from '../api/calls.ts'
import type { Alarm, Device } from '../api/types.ts'
import type { LiveEvent } from './event.ts'
import { meanwhileOf } from './meanwhile.ts'
import { type Batch, mergeAlarms, mergeDevices } from './merge.ts'

const EARLY = '2026-11-22T10:00:00+08:00'
const LATE = '2026-11-22T10:00:05+08:00'

const alarm = (id: string, state: Alarm['state']) => ({ id, state }) as Alarm
const fire = (value: boolean, at: string) => ({ value, unit: null, at, quality: 'good' as const })
const door = (is: boolean, at: string) =>
  ({ id: 'door', latest: { fire: fire(is, at) } }) as unknown as Device
const said = (is: boolean, at: string): LiveEvent => ({
  event: 'device.latest',
  data: { id: 'door', status: 'online', lastSeenAt: at, latest: { fire: fire(is, at) } },
})

/** The answer to a question, as it was made before the events that come while it is on its way. */
async function overtaken<Item>(
  items: Item[],
  events: readonly LiveEvent[],
  lay: (answer: Whole<Item>, heard: Batch) => Whole<Item>,
): Promise<readonly Item[]> {
  const meanwhile = meanwhileOf()
  const answer = Promise.withResolvers<Whole<Item>>()
  const asked = meanwhile.over(() => answer.promise, lay)
  meanwhile.heard(events)
  answer.resolve({ items, cut: false })
  return (await asked).items
}

it('an alarm that is raised while the list is on its way stands on it, and one that cleared is not brought back', async () => {
  const events: LiveEvent[] = [
    { event: 'alarm.cleared', data: alarm('a', 'cleared') },
    { event: 'alarm.raised', data: alarm('b', 'active-unacknowledged') },
  ]
  const lay = (answer: Whole<Alarm>, { alarms }: Batch) => mergeAlarms(answer, alarms)
  expect(await overtaken([alarm('a', 'active-unacknowledged')], events, lay)).toEqual([
    alarm('b', 'active-unacknowledged'),
    alarm('a', 'cleared'),
  ])
})

it('a fire release said while the devices are on their way is not taken back by an answer that did not know it', async () => {
  const lay = (answer: Whole<Device>, { devices }: Batch) => mergeDevices(answer, devices)
  const [held] = await overtaken([door(false, EARLY)], [said(true, LATE)], lay)
  expect(held?.latest.fire?.value).toBe(true)
  const [newer] = await overtaken([door(false, LATE)], [said(true, EARLY)], lay)
  expect(newer?.latest.fire?.value, 'nor does an older word undo a newer answer').toBe(false)
})

it('what was heard before a question was asked is none of its business', async () => {
  const meanwhile = meanwhileOf()
  meanwhile.heard([{ event: 'alarm.raised', data: alarm('before', 'active-unacknowledged') }])
  const heard = await meanwhile.over(
    async () => [] as string[],
    (_, { alarms }) => [...alarms.keys()],
  )
  expect(heard).toEqual([])
})
