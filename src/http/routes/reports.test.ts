import { describe, expect, it } from 'vitest'
import { type Api, openApi } from '../../../tests/support/api.ts'

const query = `from=${encodeURIComponent('2026-11-22T00:00:00+08:00')}&to=${encodeURIComponent('2026-11-23T00:00:00+08:00')}`

/** So many alarms, a second apart, each of a fault of its own. */
async function flood(api: Api, count: number) {
  for (let i = 0; i < count; i++) {
    await api.breach(i % 2 ? 'gate-1' : 'meter-1', `fault-${i}`, i === 5 ? 'critical' : 'high')
    api.clock.pass(1_000)
  }
}

describe('the alarm load', () => {
  it('counts what rang on a day, in peaks, floods and shares, against the figures of the standards', async () => {
    await using api = await openApi()
    await flood(api, 12)
    const { statusCode, ...answer } = await api.as('viewer', 'GET', `/reports/alarm-load?${query}`)
    expect(statusCode).toBe(200)
    const report = answer.json()
    expect(report).toMatchObject({
      seat: null,
      alarms: 12,
      from: '2026-11-22T00:00:00.000+08:00',
      perTenMinutes: { sliding: { count: 12 } },
      flood: { times: 1 },
    })
    expect(report.top).toHaveLength(10)
    const peak = report.figures.find(({ code }: { code: string }) => code === 'peak-rate')
    expect(peak).toMatchObject({ value: 12, good: 10, verdict: 'poor' })
    expect(report.series.steps).toHaveLength(144)
  })

  it('of one seat is that seat’s, and of none there is is wrong input', async () => {
    const seats = [
      { name: 'gates', scope: { families: ['access-control-gate' as const] } },
      { name: 'water', scope: { families: ['water-meter' as const] } },
    ]
    await using api = await openApi({ services: { seats } })
    await flood(api, 5)
    const of = async (seat: string) =>
      (await api.as('viewer', 'GET', `/reports/alarm-load?${query}&seat=${seat}`)).json()
    expect(await of('gates')).toMatchObject({ seat: 'gates', alarms: 2 })
    expect(await of('water')).toMatchObject({ seat: 'water', alarms: 3 })
    expect(await of('nobody')).toMatchObject({ status: 422, errors: [{ path: 'seat' }] })
  })

  it('counts what had rung before somebody shelved it', async () => {
    await using api = await openApi()
    const { id } = await api.breach()
    api.clock.pass(60_000)
    const shelved = await api.as('operator', 'POST', `/alarms/${id}/shelve`, {
      forMinutes: 60,
      reason: 'known',
    })
    expect(shelved.statusCode).toBe(200)
    const report = (await api.as('viewer', 'GET', `/reports/alarm-load?${query}`)).json()
    expect(report).toMatchObject({ alarms: 1, sources: 1 })
  })

  it('says in the reader’s language where a figure comes from, and why it is not judged', async () => {
    await using api = await openApi()
    await flood(api, 12)
    const asked = await api.as('viewer', 'GET', `/reports/alarm-load?${query}`, undefined, {
      'accept-language': 'zh-CN',
    })
    const { figures } = asked.json()
    const top = figures.find(({ code }: { code: string }) => code === 'top-ten-share')
    expect(top).toMatchObject({
      verdict: 'too-few',
      because: { text: '共有 12 个告警来源，少于 50 个时最频繁十项占比必然偏高，不作评价' },
    })
    for (const { source } of figures) expect(source).toMatch(/[\u4e00-\u9fff]/)
  })

  it('as CSV is one table that a spreadsheet can filter, with what devices are called made harmless', async () => {
    await using api = await openApi()
    await api.breach('meter-1', '=cmd')
    const { headers, body } = await api.as('auditor', 'GET', `/reports/alarm-load?${query}&format=csv`)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    const lines = body.split('\r\n')
    expect(lines[0]).toBe('\uFEFFsection,name,rule,subject,device,value,share,good,fair,verdict,from,to,note')
    expect(lines.filter((line) => line.startsWith('figure,'))).toHaveLength(8)
    expect(lines.find((line) => line.startsWith('top,'))).toMatch(/^top,,'=cmd,meter-1,meter-1,1,1,/)
  })

  it('is not asked for backwards, nor for more than a year', async () => {
    await using api = await openApi()
    for (const [from, to] of [
      ['2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z'],
      ['2024-11-22T00:00:00Z', '2026-11-22T00:00:00Z'],
    ]) {
      const { statusCode } = await api.as('viewer', 'GET', `/reports/alarm-load?from=${from}&to=${to}`)
      expect(statusCode).toBe(422)
    }
  })
})

describe('a seat', () => {
  it('in flood says since when, and what belongs together, worst first', async () => {
    await using api = await openApi({ floods: true })
    const calm = (await api.as('viewer', 'GET', '/seats')).json()
    expect(calm).toEqual({ items: [{ name: 'control-room', scope: {}, flood: null }], next: null })
    for (let i = 0; i < 11; i++)
      await api.breach(i < 8 ? 'meter-1' : 'gate-1', i < 8 ? 'leak' : 'forced', i < 8 ? 'high' : 'critical')
    const { items } = (await api.as('viewer', 'GET', '/seats')).json()
    expect(items[0].flood).toMatchObject({
      since: '2026-11-22T10:00:00.000+08:00',
      count: 11,
      groups: [
        { fault: 'forced', severity: 'critical', count: 3, devices: 1 },
        { fault: 'leak', severity: 'high', count: 8, place: { institution: 'bureau', building: 'east' } },
      ],
    })
    const kinds = (await api.operations.events.after(0, 100)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind.startsWith('flood.'))).toEqual(['flood.began'])
  })
})

describe('a notification', () => {
  it('that was given up is shown with its reason, and tried again when asked', async () => {
    const woken: string[] = []
    const notify = { channels: () => [], wake: (channel: string) => woken.push(channel) }
    await using api = await openApi({ services: { notify } })
    const { id: alarm } = await api.breach()
    const [one = expect.unreachable()] = await api.operations.outbox.waiting('office', 10)
    await api.operations.outbox.dead({ ids: [one.id], at: api.clock.now(), because: '400 no' })
    const { items } = (await api.as('viewer', 'GET', '/notifications?state=dead')).json()
    expect(items).toMatchObject([
      {
        event: 'alarm.raised',
        about: alarm,
        because: '400 no',
        tries: 1,
        key: one.key,
        severity: 'critical',
      },
    ])
    const again = await api.as('operator', 'POST', `/notifications/${one.id}/retry`)
    expect(again.json()).toMatchObject({ state: 'waiting', tries: 0, because: null })
    expect(woken).toEqual(['office'])
    expect((await api.as('operator', 'POST', `/notifications/${one.id}/retry`)).statusCode).toBe(404)
    const audit = (await api.as('auditor', 'GET', '/audit')).json()
    expect(audit.items).toContainEqual(
      expect.objectContaining({ action: 'notification.retried', by: 'operator' }),
    )
  })
})
