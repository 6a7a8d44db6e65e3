/**
 * A running gateway is asked whatever its own OpenAPI document allows and much that it does not: it answers each time
 * as the document says, in the language of the request, and nobody without an identity is told anything.
 */
import { Agent, type IncomingHttpHeaders, request as openRequest } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import openapi from '../../openapi.json' with { type: 'json' }
import { ROLES } from '../../src/operations/roles.ts'
import {
  type ApiRequest,
  type Grounds,
  type OpenApi,
  type Operation,
  operationsOf,
  requestsOf,
  type Schema,
} from '../support/api-requests.ts'
import { connectGate } from '../support/gate.ts'
import { eventually, type RunningGateway, startGateway } from '../support/gateway.ts'

const SEED = 20_261_122
const REQUESTS = 20
const ATTEMPTS = 10

const DOCUMENT = openapi as unknown as OpenApi
const NAMED = operationsOf(DOCUMENT).map((one, at) => [`${one.method} ${one.path}`, one, at] as const)

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
let gateway: RunningGateway
let grounds: Grounds
const tokens = new Map<string, string>()

/** Not by fetch, which mends an address before it sends it. Of a stream that never ends, the beginning. */
function askOnce({ method, path, headers, body }: ApiRequest, token?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const given = {
    ...headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
  }
  const { hostname, port } = new URL(gateway.url)
  const asked = openRequest({ agent, hostname, port, method, path, headers: given }, (response) => {
    const chunks: Buffer[] = []
    const { statusCode: status = 0, headers } = response
    const done = () => resolve({ status, headers, body: Buffer.concat(chunks).toString() })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (mediaOf(headers) === 'text/event-stream') response.destroy()
    })
    response.on('close', done)
  })
  asked.on('error', reject)
  asked.end(body)
  return promise
}

/**
 * A body that is too large is refused before all of it has come, and the connection closed: where it is still
 * being sent then, the answer is lost with the connection (RFC 9112 §9.6).
 */
async function ask(request: ApiRequest, token?: string): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOnce(request, token)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (attempt === ATTEMPTS || (code !== 'EPIPE' && code !== 'ECONNRESET')) throw cause
    }
  }
}

const mediaOf = (headers: IncomingHttpHeaders) => headers['content-type']?.split(';')[0] ?? ''

const isHan = (text: unknown) => /\p{Script=Han}/u.test(String(text))

const checkers = new Map<Schema, z.ZodType>()

/** As an integrator's own tool reads the document. */
function checkerOf(schema: Schema): z.ZodType {
  const known = checkers.get(schema)
  if (known) return known
  const whole = { ...schema, $defs: DOCUMENT.components.schemas }
  const local = JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/'))
  const checker = z.fromJSONSchema(local)
  checkers.set(schema, checker)
  return checker
}

function assertProblem({ headers, status, body }: Answer, language: string): void {
  expect(mediaOf(headers)).toBe('application/problem+json')
  const problem = JSON.parse(body)
  expect(checkerOf({ $ref: '#/components/schemas/Problem' }).safeParse(problem).error).toBeUndefined()
  expect(problem.status).toBe(status)
  const told = [problem.title, problem.detail, ...(problem.errors ?? []).map((one: Schema) => one.message)]
  const isChinese = language.startsWith('zh')
  expect(headers['content-language']).toBe(isChinese ? 'zh-CN' : 'en')
  for (const text of told) if (isChinese) expect(text).toSatisfy(isHan)
  if (!isChinese) expect(problem.title).not.toSatisfy(isHan)
  expect(problem.detail.length).toBeLessThan(4_000)
}

/** What the document promises of an answer to this operation. */
function assertDeclared({ responses }: Operation, { status, headers, body }: Answer): void {
  const declared = responses[String(status)]
  expect(Object.keys(responses)).toContain(String(status))
  if (!declared?.content) return void expect(body).toBe('')
  const media = declared.content[mediaOf(headers)]
  expect(Object.keys(declared.content)).toContain(mediaOf(headers))
  if (!media || !mediaOf(headers).endsWith('json')) return
  expect(checkerOf(media.schema).safeParse(JSON.parse(body)).error).toBeUndefined()
}

beforeAll(async () => {
  gateway = await startGateway()
  for (const role of ROLES) {
    const contractor = role === 'contractor' ? ['--contractor', 'plumbers'] : []
    tokens.set(role, await gateway.command('token', 'create', '--role', role, ...contractor))
  }
  await using gate = await connectGate(gateway, 'gate-east')
  await gate.force()
  const found = await eventually(
    () => gateway.api('/alarms?state=all'),
    ({ body }) => (body as { items: object[] }).items.length > 0,
  )
  const alarm = (found.body as { items: { id: string }[] }).items[0]?.id ?? expect.unreachable()
  await gateway.api('/work-orders', { method: 'POST', body: { alarm } })
  await gateway.api('/tokens', { method: 'POST', body: { role: 'viewer', label: 'spare' } })
  const ids = async (path: string, key = 'id') => {
    const { body } = await gateway.api(path)
    return (body as { items: Record<string, unknown>[] }).items.map((one) => String(one[key]))
  }
  const devices = ['gate-east', 'meter-14', 'vehicle-01']
  const [alarms, rules] = [[alarm], (await ids('/rules')).slice(0, 4)]
  grounds = {
    components: DOCUMENT.components.schemas,
    known: {
      devices,
      device: devices,
      subject: devices,
      alarms,
      alarm: alarms,
      rules,
      rule: rules,
      'work-orders': await ids('/work-orders'),
      notifications: ['1'],
      seat: await ids('/seats', 'name'),
      zones: ['campus'],
      institution: ['affairs-bureau'],
      building: ['tower-1'],
      point: ['door'],
      users: ['li'],
      name: ['li', 'zhao'],
      user: ['li'],
      contractor: ['plumbers'],
      password: ['correct horse'],
      tokens: ['0123456789abcdef'],
      assignee: ['plumbers'],
    },
  }
})

afterAll(async () => {
  agent.destroy()
  await gateway[Symbol.asyncDispose]()
})

it.each(NAMED)('%s answers as the document says, whatever it is asked', async (_name, operation, at) => {
  const roles = fc.constantFrom(undefined, ...ROLES, ...Array.from({ length: 6 }, () => 'admin'))
  const property = fc.asyncProperty(requestsOf(operation, grounds), roles, async (request, role) => {
    const answer = await ask(request, tokens.get(role ?? ''))
    expect(answer.status === 503 || answer.status < 500).toBe(true)
    expect(answer.headers['cache-control']).toMatch(/^no-(store|cache)/)
    if (request.method === 'HEAD') return
    if (answer.status >= 400) assertProblem(answer, request.headers['accept-language'] ?? '')
    else if (role === undefined) expect.fail(`answered with ${answer.status}`)
    if (request.method === operation.method) assertDeclared(operation, answer)
  })
  await fc.assert(property, { seed: SEED + at, numRuns: REQUESTS, endOnFailure: true })
})

it('through all of that nothing failed inside', async () => {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  const failed = /^gatehouse_http_responses_total\{status="5xx"\} (\d+)$/m.exec(metrics)?.[1]
  const { status } = await fetch(`${gateway.url}/readyz`)
  expect([status, gateway.process.exitCode]).toEqual([200, null])
  expect(failed).toBe('0')
})
