/**
 * Group robots of DingTalk, WeCom and Feishu. Each is a webhook with a body of its own that answers 200 also
 * when it refuses, so the answer is read; what its codes mean is one table. None of them knows a key: after a
 * crash between sending and noting it, a message may stand twice in the group.
 */
import { createHmac } from 'node:crypto'
import * as z from 'zod'
import type { Channel, Outcome, Parcel, Writing } from './channel.ts'
import { fitted, type Letter, letterOf } from './letter.ts'
import type { ChannelOptions, OptionsOf } from './options.ts'
import { type Answer, failed, judged, post } from './post.ts'

type Robot = OptionsOf<'dingtalk' | 'wecom' | 'feishu'>

export type RobotParts<Options extends ChannelOptions = Robot> = {
  readonly options: Options
  readonly writing: Writing
  readonly now: () => number
}

type Request = { readonly url: string; readonly body: object }

/** What a code means where it is not 0; a code that is not listed refuses the message. */
type Codes = {
  readonly tooFast: readonly number[]
  readonly busy: readonly number[]
  readonly shut: readonly number[]
}

type Kind<Options extends Robot> = {
  readonly mostBytes: number
  /** How a line stands in the message. */
  readonly written: (line: string) => string
  request(letter: Letter, options: Options, nowMs: number): Request
  readonly codes: Codes
  /** How long a robot that was too fast is not heard at all. */
  readonly blockedMs: number
}

const MINUTE_MS = 60_000

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64')

/** Nothing that a device, a place or a note is called becomes a link, an image, a heading or a tag. */
const plain = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+!|~<>]/g, (character) =>
    character === '<' ? '＜' : character === '>' ? '＞' : `\\${character}`,
  )

/** Signed over timestamp and secret, in the address. Limits and codes as DingTalk's documents had them in 2025. */
const dingtalk: Kind<OptionsOf<'dingtalk'>> = {
  mostBytes: 18_000,
  written: (line) => JSON.stringify(plain(line)),
  request({ title, lines }, { url = '', secret }, nowMs) {
    const address = new URL(url)
    if (secret !== undefined) {
      address.searchParams.set('timestamp', String(nowMs))
      address.searchParams.set('sign', hmac(secret, `${nowMs}\n${secret}`))
    }
    const text = [`#### ${plain(title)}`, ...lines.map(plain)].join('\n\n')
    return { url: address.href, body: { msgtype: 'markdown', markdown: { title, text } } }
  },
  codes: { tooFast: [130101, 410100], busy: [-1], shut: [300001, 300005, 310000, 400013, 400101, 400102] },
  blockedMs: 10 * MINUTE_MS,
}

const wecom: Kind<OptionsOf<'wecom'>> = {
  mostBytes: 3_900,
  written: plain,
  request: ({ title, lines }, { url = '' }) => ({
    url,
    body: {
      msgtype: 'markdown',
      markdown: { content: [`**${plain(title)}**`, ...lines.map((line) => `> ${plain(line)}`)].join('\n') },
    },
  }),
  codes: { tooFast: [45009, 45033], busy: [-1], shut: [93000, 93008, 93017, 40001, 41001, 42001] },
  blockedMs: MINUTE_MS,
}

const paragraph = (text: string) => [{ tag: 'text', text }]

/** Signed over timestamp and secret as the key of nothing, in the body; the timestamp is in seconds. */
const feishu: Kind<OptionsOf<'feishu'>> = {
  mostBytes: 18_000,
  written: (line) => JSON.stringify(paragraph(line)),
  request({ title, lines }, { url = '', secret, language }, nowMs) {
    const timestamp = String(Math.floor(nowMs / 1_000))
    const signed = secret === undefined ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
    const content = lines.map(paragraph)
    const post = { [language === 'en' ? 'en_us' : 'zh_cn']: { title, content } }
    return { url, body: { ...signed, msg_type: 'post', content: { post } } }
  },
  codes: { tooFast: [11232, 9499, 99991400], busy: [11233, 2200], shut: [19001, 19021, 19022, 19024] },
  blockedMs: MINUTE_MS,
}

const RobotAnswer = z
  .object({
    errcode: z.number().optional(),
    errmsg: z.string().optional(),
    code: z.number().optional(),
    msg: z.string().optional(),
    StatusCode: z.number().optional(),
  })
  .transform(({ errcode, code, StatusCode, errmsg, msg }) => ({
    code: errcode ?? code ?? StatusCode,
    said: errmsg ?? msg ?? '',
  }))

function judgedBy({ codes, blockedMs }: Pick<Kind<never>, 'codes' | 'blockedMs'>, answer: Answer): Outcome {
  const outcome = judged(answer)
  if (outcome.is !== 'delivered') return outcome
  const read = RobotAnswer.safeParse(asJson(answer.text))
  const { code, said } = read.success ? read.data : { code: undefined, said: '' }
  if (code === 0) return outcome
  // A page of a proxy, say: nothing tells that the robot has it.
  if (code === undefined)
    return { is: 'later', because: `no answer of a robot: ${answer.text.slice(0, 200)}` }
  const because = `${code} ${said}`.trim().slice(0, 300)
  if (codes.tooFast.includes(code)) return { is: 'later', because, waitMs: blockedMs }
  if (codes.busy.includes(code)) return { is: 'later', because }
  return { is: codes.shut.includes(code) ? 'shut' : 'refused', because }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function robot<Options extends Robot>(
  kind: Kind<Options>,
  { options, writing, now }: RobotParts<Options>,
): Channel {
  return {
    async send(parcel: Parcel, signal) {
      const letter = fitted(letterOf(parcel, writing), kind.mostBytes, writing, kind.written)
      const { url, body } = kind.request(letter, options, now())
      try {
        const { timeoutMs } = options
        return judgedBy(kind, await post({ url, body: JSON.stringify(body), timeoutMs, signal }))
      } catch (cause) {
        return failed(cause)
      }
    },
    close() {},
  }
}

export const dingtalkRobot = (parts: RobotParts<OptionsOf<'dingtalk'>>): Channel => robot(dingtalk, parts)
export const wecomRobot = (parts: RobotParts<OptionsOf<'wecom'>>): Channel => robot(wecom, parts)
export const feishuRobot = (parts: RobotParts<OptionsOf<'feishu'>>): Channel => robot(feishu, parts)
