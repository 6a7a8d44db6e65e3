import { describe, expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import type { Commit, JournalRecord } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { createAbsences } from './absences.ts'
import { bindRules } from './bind.ts'
import { createEngine, type RuleVerdict, type StateRow } from './engine.ts'
import { RulesOptions } from './index.ts'

const device = (id: string, source?: string): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'p',
  place: { institution: 'i' },
  ...(source !== undefined && { source }),
})
const SITE: Site = {
  ...BARE_SITE,
  devices: [device('near'), device('far', 'server'), device('wide', 'server'), device('other', 'broker')],
}
const SILENT = { id: 'quiet', kind: 'silent', severity: 'low', verifyMs: 1_000, options: { forMs: 4_000 } }
const bound = () => bindRules(RulesOptions.parse({ rules: [SILENT] }).rules, SITE, () => undefined)

type Lanes = Readonly<Record<string, string>>

/**
 * One character a second. Of a device: `r` says something. Of a source: `u` its link is up, `d` down, `c`
 * connecting; a digit tells a gap of so many seconds up to then. `gateway`: `~` is away, and commits nothing.
 */
function commits({ gateway = '', ...lanes }: Lanes): Commit[] {
  const length = Math.max(...Object.values(lanes).map((lane) => lane.length))
  const stream: Commit[] = []
  for (let second = 0; second < length; second++) {
    if (gateway[second] === '~') continue
    const now = second * 1_000
    const records: JournalRecord[] = []
    if (gateway[second - 1] === '~') {
      records.push({
        is: 'gap',
        source: 'gateway',
        from: stream.at(-1)?.receivedAt ?? 0,
        to: now,
        reason: '',
      })
    }
    for (const [name, lane] of Object.entries(lanes)) {
      const mark = lane[second] ?? '-'
      const isDevice = SITE.devices.some(({ id }) => id === name)
      const gap = { from: now - Number(mark) * 1_000, to: now, reason: '' }
      if (mark === 'r') records.push({ is: 'reading', device: name, at: now, values: { flow: 1 } })
      else if (mark === 'u') records.push({ is: 'link', source: name, state: 'up' })
      else if (mark === 'd') records.push({ is: 'link', source: name, state: 'down' })
      else if (mark === 'c') records.push({ is: 'link', source: name, state: 'connecting' })
      else if (mark === '-') continue
      else if (isDevice) records.push({ is: 'gap', source: 'server', device: name, ...gap })
      else records.push({ is: 'gap', source: name, ...gap })
    }
    stream.push({ offset: second + 1, receivedAt: now, records })
  }
  return stream
}

const run = (stream: readonly Commit[], stored?: readonly StateRow[]) => {
  const engine = createEngine(bound(), stored)
  return { engine, verdicts: stream.flatMap((commit) => engine.take(commit)) }
}

/** B silent, F heard again, in the lane of the device. */
function drawn(subject: string, lanes: Lanes, verdicts: readonly RuleVerdict[]): string {
  const line = Array.from(lanes[subject] ?? '', () => '-')
  for (const verdict of verdicts) {
    if (verdict.subject === subject) line[verdict.at / 1_000] = verdict.breached ? 'B' : 'F'
  }
  return line.join('')
}

describe('a source that is away', () => {
  // biome-ignore format: the pictures stay aligned
  it.each<readonly [string, Lanes, Lanes]>([
    ['holds back the silence of its own devices, and of no others', {
      server: 'u--d--------u-----',
      far:    '--r---------------',
      near:   '--r---------------',
      other:  '--r---------------',
    }, {
      far:    '----------------B-',
      near:   '------B-----------',
      other:  '------B-----------',
    }],
    ['is away until it is up, whatever it tells of itself meanwhile', {
      server: 'u--d--cdcdcdu-----',
      far:    '--r---------------',
    }, {
      far:    '----------------B-',
    }],
    ['was so since its last word, as finding it down takes time', {
      server: 'u----d---u-----',
      far:    '--r------------',
      wide:   'r-r------------',
    }, {
      far:    '-------------B-',
      wide:   '-------------B-',
    }],
    ['ends no silence that was there before', {
      server: 'u------d----u-----',
      far:    'r-----------------',
    }, {
      far:    '----B-------------',
    }],
    ['does not keep a device from breaking its silence', {
      server: 'u------d-------u--',
      far:    'r---------r-------',
    }, {
      far:    '----B-----F-------',
    }],
    ['that never came up raises nobody', {
      server: 'c--------d-----',
      far:    '---------------',
      near:   '---------------',
    }, {
      far:    '---------------',
      near:   '----B----------',
    }],
    ['is told once, though its gap record speaks of the same stretch', {
      server: 'u--d----u7-----',
      far:    '--r------------',
      wide:   'r--------------',
    }, {
      far:    '-------------B-',
      wide:   '-----------B---',
    }],
    ['and once where the gateway was away in the middle of it', {
      gateway: '------~~~~~---------',
      server:  'u--d-------c-u------',
      far:     '--r-----------------',
      near:    'r-r--r--------------',
    }, {
      far:     '-----------------B--',
      near:    '---------------B----',
    }],
  ])('%s', (_why, lanes, wanted) => {
    const { verdicts } = run(commits(lanes))
    for (const [subject, picture] of Object.entries(wanted)) {
      expect({ [subject]: drawn(subject, lanes, verdicts) }).toEqual({ [subject]: picture })
    }
  })

  it('is still away after a restart at any commit', () => {
    const lanes = {
      gateway: '---------------~~~-----------',
      server: 'u---d------u3----------d-----u------',
      broker: 'u----d---------c--u-----------------',
      far: 'r--r----------r---------------------',
      wide: '-----------------------r------------',
      near: '---r-----------r--------r-----------',
      other: '--r---------------------------------',
    }
    const stream = commits(lanes)
    const whole = run(stream).verdicts
    expect(whole.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['far', 'near', 'other']))
    for (let cut = 0; cut <= stream.length; cut++) {
      const kept = new Map<string, string>()
      const before = createEngine(bound())
      const first = stream.slice(0, cut).flatMap((commit) => {
        const verdicts = before.take(commit)
        for (const row of before.changedStates()) kept.set(`${row.rule} ${row.subject}`, JSON.stringify(row))
        return verdicts
      })
      const rows = [...kept.values()].map((row): StateRow => JSON.parse(row))
      expect([...first, ...run(stream.slice(cut), rows).verdicts]).toEqual(whole)
    }
  })
})

describe('a gap', () => {
  // biome-ignore format: the pictures stay aligned
  it.each<readonly [string, Lanes, Lanes]>([
    ['of one device concerns that one alone', {
      far:    'r--2---------',
      wide:   'r------------',
    }, {
      far:    '------B------',
      wide:   '----B--------',
    }],
    ['of a source whose link stayed up concerns all that it brings', {
      server: 'u--2---------',
      far:    'r------------',
      wide:   'r------------',
      near:   'r------------',
    }, {
      far:    '------B------',
      wide:   '------B------',
      near:   '----B--------',
    }],
    ['of a device that is told while its source is away ends nobody\'s waiting', {
      server: 'u--d----------u-----',
      far:    '--r----7------------',
      wide:   '--r-----------------',
    }, {
      far:    '------------------B-',
      wide:   '------------------B-',
    }],
  ])('%s', (_why, lanes, wanted) => {
    const { verdicts } = run(commits(lanes))
    for (const [subject, picture] of Object.entries(wanted)) {
      expect({ [subject]: drawn(subject, lanes, verdicts) }).toEqual({ [subject]: picture })
    }
  })

  it('of one device costs nobody else anything', () => {
    const { engine } = run(commits({ far: 'r', wide: 'r', near: 'r', other: 'r' }))
    engine.changedStates()
    engine.take({
      offset: 2,
      receivedAt: 2_000,
      records: [{ is: 'gap', source: 'server', device: 'far', from: 0, to: 2_000, reason: '' }],
    })
    expect(engine.changedStates().map(({ subject }) => subject)).toEqual(['far'])
  })
})

it('what came due while a source was away is done when it is back, also by a rule that the absence gives no more time', () => {
  const gate: Device = { ...device('gate', 'server'), family: 'access-control-gate' }
  const { rules } = RulesOptions.parse({
    rules: [
      { id: 'back', kind: 'anti-passback', severity: 'low', verifyMs: 1, options: { quietMs: 60_000 } },
    ],
  })
  const engine = createEngine(bindRules(rules, { ...SITE, devices: [gate] }, () => undefined))
  let offset = 0
  const take = (second: number, ...records: JournalRecord[]) =>
    engine.take({ offset: ++offset, receivedAt: second * 1_000, records }).map(({ at, because }) => ({
      second: at / 1_000,
      code: because.code,
    }))
  const enters = (second: number): JournalRecord => ({
    is: 'reading',
    device: 'gate',
    at: second * 1_000,
    values: { access: 'granted', credential: 'A', direction: 'in' },
  })
  const link = (state: 'up' | 'down'): JournalRecord => ({ is: 'link', source: 'server', state })
  take(0)
  take(10, enters(10))
  expect(take(40, enters(40))).toEqual([{ second: 40, code: 'entered-twice' }])
  take(50, link('down'))
  expect(take(120), 'nobody can be heard').toEqual([])
  expect(take(200, link('up'))).toEqual([{ second: 100, code: 'passback-over' }])
})

describe('a source that is found down', () => {
  const down = { is: 'link', source: 'server', state: 'down' } as const

  it('could not be heard since it was heard last, but for no more than five minutes of it', () => {
    for (const [heardAt, from] of [
      [18, 18],
      [3, 15],
    ] as const) {
      const absences = createAbsences([], () => 'server')
      absences.heard('server', heardAt * 60_000)
      expect(absences.after([down], 20 * 60_000)).toEqual([{ source: 'server', from: from * 60_000 }])
    }
  })

  it('is not missed once more for a time in which the gateway itself was away', () => {
    const absences = createAbsences([], () => 'server')
    absences.heard('server', 0)
    const away = { is: 'gap', source: 'gateway', from: 0, to: 60_000, reason: '' } as const
    expect(absences.after([away], 60_000)).toEqual([{ from: 0, to: 60_000 }])
    expect(absences.after([down], 90_000)).toEqual([{ source: 'server', from: 60_000 }])
  })
})
