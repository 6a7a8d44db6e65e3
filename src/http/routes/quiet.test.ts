import { describe, expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'

describe('shelving over HTTP', () => {
  it('says until when in the clock of the site, and lists what is shelved', async () => {
    await using api = await openApi()
    const { id } = await api.breach()
    const answer = await api.as('operator', 'POST', `/alarms/${id}/shelve`, {
      forMinutes: 90,
      reason: 'new sensor',
    })
    expect([answer.statusCode, answer.json().suppression]).toEqual([
      200,
      {
        by: 'shelved',
        at: '2026-11-22T10:00:00.000+08:00',
        until: '2026-11-22T11:30:00.000+08:00',
        reason: 'new sensor',
        who: 'operator',
        oneShot: false,
      },
    ])
    const ids = async (state: string) =>
      (await api.as('viewer', 'GET', `/alarms?state=${state}`))
        .json()
        .items.map((one: { id: string }) => one.id)
    api.clock.pass(1_000)
    const other = await api.breach('meter-2')
    expect(await ids('shelved')).toEqual([id])
    expect(await ids('suppressed')).toEqual([id])
    expect(await ids('open'), 'it goes on living').toEqual([other.id, id])
    expect((await api.as('viewer', 'GET', '/summary')).json().alarms).toMatchObject({
      open: 2,
      unacknowledged: 1,
      suppressed: 1,
    })
    const back = await api.as('admin', 'POST', `/alarms/${id}/unshelve`)
    expect([back.statusCode, back.json().suppression]).toEqual([200, null])
    expect(await ids('shelved')).toEqual([])
  })

  it('as a one-shot needs no time: it ends with the alarm, after a day at the latest', async () => {
    await using api = await openApi()
    const { id } = await api.breach()
    const answer = await api.as('operator', 'POST', `/alarms/${id}/shelve`, {
      oneShot: true,
      reason: 'hose in use',
    })
    expect(answer.json().suppression).toMatchObject({ oneShot: true, until: '2026-11-23T10:00:00.000+08:00' })
  })

  // biome-ignore format: one line a case
  it.each([
    ['no reason',             { forMinutes: 5 },                                       'invalid-input'],
    ['a blank reason',        { forMinutes: 5, reason: '  ' },                         'invalid-input'],
    ['no time',               { reason: 'x' },                                         'invalid-input'],
    ['two times',             { reason: 'x', forMinutes: 5, until: '2026-11-22T10:05:00Z' }, 'invalid-input'],
    ['a time without a zone', { reason: 'x', until: '2026-11-22T10:05:00' },           'invalid-input'],
    ['a time that is past',   { reason: 'x', until: '2026-11-22T10:00:00+08:00' },     'quiet-too-long'],
    ['more than a day',       { reason: 'x', forMinutes: 1_441 },                      'quiet-too-long'],
  ])('with %s is refused', async (_what, body, code) => {
    await using api = await openApi()
    const { id } = await api.breach()
    const answer = await api.as('operator', 'POST', `/alarms/${id}/shelve`, body)
    expect([answer.statusCode, answer.json().code]).toEqual([422, code])
  })

  it('of an alarm that holds no latch is no reset', async () => {
    await using api = await openApi()
    const { id } = await api.breach()
    const answer = await api.as('operator', 'POST', `/alarms/${id}/reset`)
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'alarm-holds'])
  })
})

describe('out of service over HTTP', () => {
  const body = { until: '2026-11-22T18:00:00+08:00', reason: 'pipe work' }

  it('is listed with who, why and until when, and ends by a person', async () => {
    await using api = await openApi()
    const taken = await api.as('operator', 'POST', '/devices/meter-1/out-of-service', body)
    const shown = {
      kind: 'device',
      id: 'meter-1',
      at: '2026-11-22T10:00:00.000+08:00',
      until: '2026-11-22T18:00:00.000+08:00',
      reason: 'pipe work',
      who: 'operator',
    }
    expect([taken.statusCode, taken.json()]).toEqual([200, shown])
    expect((await api.as('viewer', 'GET', '/out-of-service')).json()).toEqual({ items: [shown], next: null })
    const { id } = await api.breach()
    expect((await api.as('viewer', 'GET', `/alarms/${id}`)).json().suppression).toMatchObject({
      by: 'out-of-service',
    })
    expect((await api.as('operator', 'DELETE', '/devices/meter-1/out-of-service')).statusCode).toBe(204)
    expect((await api.as('viewer', 'GET', `/alarms/${id}`)).json().suppression).toBeNull()
    expect((await api.as('operator', 'DELETE', '/devices/meter-1/out-of-service')).statusCode).toBe(404)
  })

  it('is of a device or a zone that the site has', async () => {
    await using api = await openApi()
    expect((await api.as('operator', 'POST', '/zones/yard/out-of-service', body)).json()).toMatchObject({
      kind: 'zone',
    })
    for (const path of ['/devices/yard', '/zones/meter-1'])
      expect((await api.as('operator', 'POST', `${path}/out-of-service`, body)).statusCode).toBe(404)
  })
})
