/** All channels together, over a real receiver: what a person has to be told of them. */
import { expect, it } from 'vitest'
import { SITE } from '../../tests/support/api.ts'
import { breach, plant } from '../../tests/support/found-faults.ts'
import { openReceiver } from '../../tests/support/receiver.ts'
import { SILENT_LOG } from '../model/log.ts'
import { addresseesIn } from './addressees.ts'
import { namesOf } from './names.ts'
import { startNotify } from './notify.ts'
import { NotifyOptions } from './options.ts'

it('a channel that refuses whatever it is sent is a notice to everybody, until a retry gets through', async () => {
  let status = 400
  await using receiver = await openReceiver(() => ({ status }))
  const options = NotifyOptions.parse({
    channels: [{ kind: 'webhook', name: 'office', url: receiver.url, secret: 'shared' }],
    routes: [{ channel: 'office' }],
  })
  await using it = await plant({ addresseesOf: addresseesIn(options, () => undefined) })
  const { clock, outbox } = it
  const names = namesOf(SITE, (at) => new Date(at).toISOString())
  await using notify = await startNotify({ options, operations: it, names, clock, log: SILENT_LOG })
  expect(notify.warnings()).toEqual([])

  for (let ms = 0; ms < 3; ms++) await it.commit(ms, [breach(ms, { subject: `meter-${ms}`, order: 'none' })])
  await expect
    .poll(() => notify.warnings())
    .toMatchObject([{ code: 'notify-failing', detail: expect.stringMatching(/^office: 400/) }])
  expect(notify.channels()).toMatchObject([{ name: 'office', state: 'refused', waiting: 0 }])

  status = 200
  expect(await outbox.againAll('office', 'li')).toBe(3)
  notify.wake('office')
  await expect.poll(() => notify.warnings()).toEqual([])
  // It is well with the first of them; the others are under way.
  await expect.poll(async () => (await outbox.list({ limit: 9, state: 'delivered' })).items).toHaveLength(3)
})
