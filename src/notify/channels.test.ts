/** Each channel against a real server at the other end: what arrives, and what becomes of each answer. */
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { localhostCertificate } from '../../tests/support/certificate.ts'
import { muteServer } from '../../tests/support/mute-server.ts'
import { AT, anAlarm, notification, raised, WRITING } from '../../tests/support/notifications.ts'
import { openReceiver, type Reply } from '../../tests/support/receiver.ts'
import { openSmtp } from '../../tests/support/smtp.ts'
import type { Channel, Parcel } from './channel.ts'
import { mail } from './mail.ts'
import { type ChannelOptions, NotifyOptions } from './options.ts'
import { dingtalkRobot, feishuRobot, wecomRobot } from './robots.ts'
import { webhook } from './webhook.ts'

const now = () => AT + 500
const never = new AbortController().signal

function optionsOf<Kind extends ChannelOptions['kind']>(kind: Kind, more: object) {
  const channel = { kind, name: 'duty', language: 'en', timeoutMs: 2_000, ...more }
  const [read] = NotifyOptions.parse({ channels: [channel] }).channels
  return read as Extract<ChannelOptions, { kind: Kind }>
}

const one: Parcel = { key: 'alarm-1.1', notifications: [raised(1)] }

const robots: readonly (readonly [string, (url: string) => Channel])[] = [
  [
    'dingtalk',
    (url) =>
      dingtalkRobot({ options: optionsOf('dingtalk', { url, secret: 'SECx' }), writing: WRITING, now }),
  ],
  ['wecom', (url) => wecomRobot({ options: optionsOf('wecom', { url }), writing: WRITING, now })],
  [
    'feishu',
    (url) => feishuRobot({ options: optionsOf('feishu', { url, secret: 'shh' }), writing: WRITING, now }),
  ],
]

async function outcomeOf(make: (url: string) => Channel, reply: Reply) {
  await using receiver = await openReceiver(() => reply)
  return await make(receiver.url).send(one, never) // the receiver is closed with this scope
}

describe('a webhook', () => {
  const make = (url: string) =>
    webhook({ options: optionsOf('webhook', { url, secret: 'shh' }), writing: WRITING, now })

  it('gets the events as the API shows them, with a key and a signature that it can check', async () => {
    await using receiver = await openReceiver()
    expect(await make(`${receiver.url}/hook?a=b`).send(one, never)).toEqual({ is: 'delivered' })
    const [{ path, headers, body } = expect.unreachable()] = receiver.received
    expect(path).toBe('/hook?a=b')
    expect(JSON.parse(body)).toMatchObject({
      key: 'alarm-1.1',
      site: 'Campus',
      events: [
        {
          key: 'alarm-1.1',
          id: '1',
          event: 'alarm.raised',
          at: '2026-11-22T10:00:00.000+08:00',
          data: { id: 'alarm-1', severity: 'high', because: { text: expect.stringContaining('above 6') } },
        },
      ],
    })
    const timestamp = String(Math.floor((AT + 500) / 1_000))
    const signature = createHmac('sha256', 'shh').update(`${timestamp}.${body}`).digest('hex')
    expect(headers).toMatchObject({
      'idempotency-key': 'alarm-1.1',
      'gatehouse-timestamp': timestamp,
      'gatehouse-signature': `v1=${signature}`,
    })
  })

  it.each([
    [{ status: 500 }, { is: 'later' }],
    [
      { status: 503, headers: { 'retry-after': '7' } },
      { is: 'later', waitMs: 7_000 },
    ],
    [{ status: 429 }, { is: 'later' }],
    [{ status: 408 }, { is: 'later' }],
    [
      { status: 400, body: 'no such field' },
      { is: 'refused', because: '400 no such field' },
    ],
    [{ status: 422 }, { is: 'refused' }],
    [{ status: 401 }, { is: 'shut' }],
    [{ status: 404 }, { is: 'shut' }],
  ] as const)('that answers %o: %o', async (reply, outcome) => {
    expect(await outcomeOf(make, reply)).toMatchObject(outcome)
  })

  it('that redirects is not followed', async () => {
    await using elsewhere = await openReceiver()
    const reply = { status: 307, headers: { location: elsewhere.url } }
    expect(await outcomeOf(make, reply)).toMatchObject({ is: 'shut' })
    expect(elsewhere.received).toEqual([])
  })

  it('whose address cannot be used does not tell the address, which may be a secret', async () => {
    for (const url of ['http://li:pw@127.0.0.1:1/?key=SECRET', 'http://127.0.0.1:99999/SECRET']) {
      const options = { ...optionsOf('webhook', { url: 'http://127.0.0.1:1/', secret: 'shh' }), url }
      const outcome = await webhook({ options, writing: WRITING, now }).send(one, never)
      expect(outcome).toMatchObject({ is: 'later', because: expect.stringContaining('127.0.0.1') })
      expect(JSON.stringify(outcome)).not.toMatch(/SECRET|pw/)
    }
    const echo = { status: 400, body: 'no robot at https://robots.example/send?access_token=SECRET today' }
    expect(await outcomeOf(make, echo)).toEqual({
      is: 'refused',
      because: '400 no robot at https://robots.example/… today',
    })
  })

  it('that cannot be reached, or does not answer in time, is tried later', async () => {
    expect(await make('http://127.0.0.1:1').send(one, never)).toMatchObject({ is: 'later' })
    await using mute = await openReceiver(() => new Promise(() => {}))
    const options = optionsOf('webhook', { url: mute.url, secret: 'shh', timeoutMs: 200 })
    const outcome = await webhook({ options, writing: WRITING, now }).send(one, never)
    expect(outcome).toMatchObject({ is: 'later' })
  })
})

describe('a robot', () => {
  it('of DingTalk gets Markdown, signed in its address', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"errcode":0,"errmsg":"ok"}' }))
    const [, make] = robots[0] ?? expect.unreachable()
    expect(await make(`${receiver.url}/robot/send?access_token=t`).send(one, never)).toEqual({
      is: 'delivered',
    })
    const [{ path, body } = expect.unreachable()] = receiver.received
    const query = new URL(path, receiver.url).searchParams
    expect(query.get('access_token')).toBe('t')
    expect(query.get('timestamp')).toBe(String(AT + 500))
    const sign = createHmac('sha256', 'SECx')
      .update(`${AT + 500}\nSECx`)
      .digest('base64')
    expect(query.get('sign')).toBe(sign)
    const { msgtype, markdown } = JSON.parse(body)
    expect(msgtype).toBe('markdown')
    expect(markdown.title).toBe('◆ high · alarm · burst pipe · Main meter')
    expect(markdown.text).toContain('Where: bureau main')
  })

  it('of WeCom gets Markdown of at most 4,096 bytes, however much there is to say', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"errcode":0}' }))
    const many = Array.from({ length: 200 }, (_, i) =>
      notification(i, {
        kind: 'alarm.raised',
        alarm: anAlarm({ id: `a-${i}`, rule: `规则-${i}`, fault: `规则-${i}` }),
      }),
    )
    const [, make] = robots[1] ?? expect.unreachable()
    expect(await make(receiver.url).send({ key: 'digest', notifications: many }, never)).toEqual({
      is: 'delivered',
    })
    const { msgtype, markdown } = JSON.parse(receiver.received[0]?.body ?? '')
    expect(msgtype).toBe('markdown')
    expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4_096)
    expect(markdown.content).toMatch(/… and \d+ more lines/)
  })

  it('of WeCom gets no more either where names are full of what has to be made harmless', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"errcode":0}' }))
    const many = Array.from({ length: 200 }, (_, i) =>
      notification(i, {
        kind: 'alarm.raised',
        alarm: anAlarm({ id: `a-${i}`, place: { institution: 'bureau', building: `(${i}) [A_1] #*<b>*` } }),
      }),
    )
    const [, make] = robots[1] ?? expect.unreachable()
    await make(receiver.url).send({ key: 'digest', notifications: many }, never)
    const { markdown } = JSON.parse(receiver.received[0]?.body ?? '')
    expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4_096)
    expect(markdown.content).toMatch(/… and \d+ more lines/)
  })

  it.each([
    ['DingTalk', 0],
    ['Feishu', 2],
  ])('of %s gets a request of at most 20 kB, however many lines it has', async (_kind, nth) => {
    await using receiver = await openReceiver(() => ({ body: '{"code":0}' }))
    const many = Array.from({ length: 200 }, (_, i) =>
      notification(i, {
        kind: 'alarm.raised',
        alarm: anAlarm({
          id: `a-${i}`,
          place: { institution: `机关事务管理局“${i}”`, building: '"东"\\"西"#*_~()[]<>' },
        }),
      }),
    )
    const [, make] = robots[nth] ?? expect.unreachable()
    await make(receiver.url).send({ key: 'digest', notifications: many }, never)
    const { body } = receiver.received[0] ?? expect.unreachable()
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000)
    expect(body).toMatch(/… and \d+ more lines/)
  })

  it('of Feishu gets a post, signed in its body', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"code":0,"msg":"success"}' }))
    const [, make] = robots[2] ?? expect.unreachable()
    expect(await make(receiver.url).send(one, never)).toEqual({ is: 'delivered' })
    const body = JSON.parse(receiver.received[0]?.body ?? '')
    const timestamp = String(Math.floor((AT + 500) / 1_000))
    expect(body).toMatchObject({
      timestamp,
      msg_type: 'post',
      sign: createHmac('sha256', `${timestamp}\nshh`).update('').digest('base64'),
      content: { post: { en_us: { title: '◆ high · alarm · burst pipe · Main meter' } } },
    })
  })

  it('cannot be made to show a link, an image or a heading by what a device is called', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"errcode":0}' }))
    const writing = { ...WRITING, device: () => '[x](http://evil) ![y](z) # h <font>' }
    const channel = wecomRobot({ options: optionsOf('wecom', { url: receiver.url }), writing, now })
    await channel.send(one, never)
    const { markdown } = JSON.parse(receiver.received[0]?.body ?? '')
    expect(markdown.content.split('\n')[0]).not.toMatch(/(?<!\\)[[\]<>#!]/)
  })

  it.each(robots)('of %s answers 200 also when it refuses, so its code counts', async (kind, make) => {
    const code = kind === 'feishu' ? 'code' : 'errcode'
    const says = (value: number): Reply => ({
      body: JSON.stringify({ [code]: value, errmsg: 'x', msg: 'x' }),
    })
    const tooFast = { dingtalk: 130101, wecom: 45009, feishu: 11232 }[kind] ?? 0
    const shut = { dingtalk: 310000, wecom: 93000, feishu: 19021 }[kind] ?? 0
    const minutes = kind === 'dingtalk' ? 10 : 1
    expect(await outcomeOf(make, says(tooFast))).toMatchObject({ is: 'later', waitMs: minutes * 60_000 })
    expect(await outcomeOf(make, says(shut))).toMatchObject({ is: 'shut' })
    expect(await outcomeOf(make, says(777))).toMatchObject({ is: 'refused' })
    expect(await outcomeOf(make, { body: '<html>proxy</html>' })).toMatchObject({ is: 'later' })
    expect(await outcomeOf(make, { status: 502 })).toMatchObject({ is: 'later' })
  })
})

describe('an e-mail', () => {
  const settings = (port: number, more: object = {}) =>
    optionsOf('mail', {
      host: '127.0.0.1',
      port,
      security: 'none',
      from: 'Gatehouse <gate@example.org>',
      to: ['duty@example.org', 'chief@example.org'],
      ...more,
    })

  it('goes to all of its addressees, its key the Message-ID', async () => {
    await using smtp = await openSmtp()
    const channel = mail({ options: settings(smtp.port), writing: { ...WRITING, language: 'zh-CN' } })
    expect(await channel.send(one, never)).toEqual({ is: 'delivered' })
    const [letter = expect.unreachable()] = smtp.letters
    expect(letter).toMatchObject({ from: 'gate@example.org', to: ['duty@example.org', 'chief@example.org'] })
    expect(letter.data).toContain('Message-ID: <alarm-1.1@example.org>')
    expect(letter.data).toMatch(/^Subject: =\?UTF-8\?/m)
    const text = letter.data.split('\r\n\r\n').slice(1).join('\r\n\r\n')
    const isBase64 = /Content-Transfer-Encoding: base64/i.test(letter.data)
    const decoded = isBase64
      ? Buffer.from(text, 'base64').toString()
      : Buffer.from(
          text
            .replace(/=\r\n/g, '')
            .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString()
    expect(decoded).toContain('位置：bureau main')
  })

  it('that is refused for good is given up; one that may come later is not', async () => {
    await using smtp = await openSmtp({ answer: (n) => ['550 no such user', '451 try later'][n] })
    const channel = mail({ options: settings(smtp.port), writing: WRITING })
    expect(await channel.send(one, never)).toMatchObject({ is: 'refused' })
    expect(await channel.send(one, never)).toMatchObject({ is: 'later' })
    expect(await channel.send(one, never)).toEqual({ is: 'delivered' })
  })

  it('that one of its addressees may not have is given up and says so, though the others have it', async () => {
    const answerTo = (address: string) => (address.startsWith('chief') ? '550 no such user' : undefined)
    await using smtp = await openSmtp({ answerTo })
    const channel = mail({ options: settings(smtp.port), writing: WRITING })
    const outcome = await channel.send(one, never)
    expect(outcome).toMatchObject({ is: 'refused', because: expect.stringContaining('chief@example.org') })
    expect(smtp.letters).toMatchObject([{ to: ['duty@example.org'] }])
  })

  it('that one of its addressees may have later is sent to that one alone', async () => {
    const answerTo = (address: string, n: number) =>
      address.startsWith('chief') && n < 2 ? '450 greylisted' : undefined
    await using smtp = await openSmtp({ answerTo })
    const channel = mail({ options: settings(smtp.port), writing: WRITING })
    expect(await channel.send(one, never)).toMatchObject({ is: 'later' })
    expect(await channel.send(one, never)).toMatchObject({ is: 'later' })
    expect(await channel.send(one, never)).toEqual({ is: 'delivered' })
    expect(smtp.letters.map(({ to }) => to)).toEqual([['duty@example.org'], ['chief@example.org']])
    expect(smtp.letters[1]?.data).toContain('To: duty@example.org, chief@example.org')
  })

  it('is not sent in the clear where the server offers no encryption, and a wrong password shuts the channel', async () => {
    await using clear = await openSmtp()
    const unencrypted = mail({ options: settings(clear.port, { security: 'starttls' }), writing: WRITING })
    expect((await unencrypted.send(one, never)).is).not.toBe('delivered')
    expect(clear.letters).toEqual([])
    await using closed = await openSmtp({ user: { name: 'gate', password: 'right' } })
    const wrong = settings(closed.port, { user: 'gate', password: 'wrong' })
    expect(await mail({ options: wrong, writing: WRITING }).send(one, never)).toMatchObject({ is: 'shut' })
    const right = settings(closed.port, { user: 'gate', password: 'right' })
    expect(await mail({ options: right, writing: WRITING }).send(one, never)).toEqual({ is: 'delivered' })
    expect(closed.letters[0]?.user).toBe('gate')
  })

  it('is encrypted by STARTTLS to a server whose authority is named, and to no other', async () => {
    await using certificate = await localhostCertificate()
    const user = { name: 'gate', password: 'right' }
    await using smtp = await openSmtp({ tls: certificate, user })
    const more = { host: 'localhost', security: 'starttls', user: 'gate', password: 'right' }
    const stranger = mail({ options: settings(smtp.port, more), writing: WRITING })
    expect((await stranger.send(one, never)).is).not.toBe('delivered')
    expect(smtp.letters).toEqual([])
    const trusting = settings(smtp.port, { ...more, caFile: certificate.file })
    expect(await mail({ options: trusting, writing: WRITING }).send(one, never)).toEqual({ is: 'delivered' })
    expect(smtp.letters).toMatchObject([{ isEncrypted: true, user: 'gate' }])
  })

  it('is called off at once by a stop, while the server says nothing', async () => {
    await using mute = await muteServer()
    const channel = mail({ options: settings(mute.port, { timeoutMs: 120_000 }), writing: WRITING })
    const stopping = new AbortController()
    const sent = channel.send(one, stopping.signal)
    await expect.poll(() => mute.connections).toBe(1)
    stopping.abort()
    expect(await sent).toMatchObject({ is: 'later' })
  })

  it('has its time for the whole try, however quick each answer of the server is', async () => {
    await using smtp = await openSmtp({ delayMs: 300 })
    const channel = mail({ options: settings(smtp.port, { timeoutMs: 700 }), writing: WRITING })
    expect(await channel.send(one, never)).toEqual({
      is: 'later',
      because: 'The mail server took longer than 700 ms',
    })
    expect(smtp.letters).toEqual([])
  })

  it('to a server that nothing listens on is tried later', async () => {
    const channel = mail({ options: settings(1), writing: WRITING })
    expect(await channel.send(one, never)).toMatchObject({ is: 'later' })
  })
})
