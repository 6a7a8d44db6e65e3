/**
 * Requests drawn from the OpenAPI document, from what an integrator would send to what nobody should: parameters and
 * bodies that fit, that are slightly off, or nonsense. What is drawn depends on the seed alone.
 */
import fc from 'fast-check'

export type Schema = { readonly [key: string]: unknown }

type Parameter = {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

type Media = Readonly<Record<string, { readonly schema: Schema }>>

type Described = {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Media }
  readonly responses: Readonly<Record<string, { readonly content?: Media }>>
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
}

export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export type Operation = Described & { readonly method: string; readonly path: string }

/** `path` as it goes over the wire, escaped already. */
export type ApiRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export const operationsOf = ({ paths }: OpenApi): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      method: method.toUpperCase(),
      path,
    })),
  )

const LONG = 'A'.repeat(3_000)

const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Escaped as they are: some of them are no text at all. */
const STRANGE_TEXTS = [
  '',
  '%00',
  'a%00b',
  '%',
  '%zz',
  '%ED%A0%80',
  '%FF%FE',
  '%C0%AF',
  '%F0%9F%9A%B0',
  '%E2%80%AE',
  '..',
  '..%2F..%2Fetc%2Fpasswd',
  '%252e%252e%252f',
  '%5C',
  '%2F',
  'a/b',
  '%0D%0ASet-Cookie:a=b',
  '0',
  '-1',
  '1e2',
  '1e999',
  '00',
  '1001',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  "'%20OR%201=1--",
  '%25',
  '_',
  '*',
  '__proto__',
  'constructor',
  'toString',
  LONG,
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '=cmd',
  '%E6%B0%B4',
  ...[[], [0], [-1], [1.5], [8.64e15], [1e300], ['a'], ['\u0000'], [null], [[]], {}, 'a', 0, null].map(
    cursor,
  ),
  ...[
    [0, 0],
    [8.64e15, 8.64e15],
    [0, 'a'],
    ['a', 0],
    [1_767_196_800_000, '~'],
    [0, 0, 0],
  ].map(cursor),
]

const INSTANTS = [
  '2026-11-22T00:00:00%2B08:00',
  '2026-11-23T00:00:00%2B08:00',
  '2026-11-01T00:00:00%2B08:00',
  '2026-10-01T00:00:00%2B08:00',
  '2026-12-01T00:00:00%2B08:00',
  '2026-01-01T00:00:00%2B08:00',
  '1926-01-01T00:00:00%2B08:00',
  '2126-01-01T00:00:00%2B08:00',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-22T00:00:00',
  '2026-11-22',
  '2026-11-22T24:00:00Z',
  '2026-11-22T23:59:60Z',
  '1763740800000',
  '2026-11-22T00:00:00+08:00',
  '2026-11-22T00:00:00%2B99:99',
  '-000001-01-01T00:00:00Z',
  'now',
  '%2B275760-09-13T00:00:00Z',
  '2026-11-22T00:00:00.123456789Z',
]

const STRANGE_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 31,
  [],
  {},
  [[]],
  '',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00x',
  '\u202e',
  '=1+1',
  '<b>x</b>',
  ' ',
  '\r\n',
  LONG,
  '..',
  'constructor',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '😀'.repeat(70),
]

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values)

const weighed = <T>(...choices: readonly (readonly [number, fc.Arbitrary<T>])[]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Ids and names that there are, by what they are of; and the document's own shapes. */
export type Grounds = {
  readonly known: Readonly<Record<string, readonly string[]>>
  readonly components: OpenApi['components']['schemas']
}

/** Mostly of the right kind, sometimes of another. */
function idOf(name: string, { known }: Grounds): fc.Arbitrary<string> {
  const all = [...Object.values(known).flat(), 'nothing-of-that-name']
  const own = known[name]
  return own ? weighed([4, oneOf(own)], [1, oneOf(all)]) : oneOf(all)
}

/** Whole months, so that every step of a report stands on its boundary; a day without readings and a hundred years. */
const [BEGINNINGS, ENDS] = [
  ['2026-10-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00', '1926-01-01T00:00:00+08:00'],
  ['2026-12-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00', '2126-01-01T00:00:00+08:00'],
]

const instantFor = (name: string) =>
  weighed(
    [4, oneOf(name.toLowerCase().endsWith('from') ? BEGINNINGS : ENDS)],
    [1, oneOf(INSTANTS.map(decodeURIComponent))],
  )

/** A value that the schema takes, as far as what is said in it goes. `name`: what it is of. */
function fitting(schema: Schema, name: string, grounds: Grounds): fc.Arbitrary<unknown> {
  const within = (one: unknown, below = name) => fitting(one as Schema, below, grounds)
  const { $ref, type, enum: choices, anyOf, oneOf: either, properties, items } = schema
  if (typeof $ref === 'string') return within(grounds.components[$ref.replace(/^.*\//, '')] ?? {})
  if (Array.isArray(choices)) return oneOf(choices)
  if ('const' in schema) return fc.constant(schema.const)
  const forms = anyOf ?? either
  if (Array.isArray(forms)) return fc.oneof(...forms.map((form) => within(form)))
  if (type === 'object') {
    const needed = Array.isArray(schema.required) ? schema.required.map(String) : []
    const members = Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>)
    const drawn = Object.fromEntries(members.map(([member, one]) => [member, within(one, member)]))
    return fc.record(drawn, { requiredKeys: needed })
  }
  if (type === 'array') return fc.array(within(items ?? {}), { maxLength: 3 })
  if (type === 'integer' || type === 'number')
    return oneOf([1, 2, 3, 5, 100, Number(schema.minimum ?? 0), Math.min(Number(schema.maximum ?? 1e6), 1e6)])
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (schema.format === 'date-time') return instantFor(name)
  return weighed([5, idOf(name, grounds)], [1, fc.string({ unit: 'binary', maxLength: 40 })])
}

const escaped = (value: unknown): string =>
  encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed())

const asText = (schema: Schema, name: string, grounds: Grounds): fc.Arbitrary<string> =>
  weighed(
    [12, fitting(schema, name, grounds).map(escaped)],
    [2, oneOf(STRANGE_TEXTS)],
    [1, oneOf(INSTANTS)],
    [1, fc.string({ unit: 'binary', maxLength: 30 }).map(escaped)],
  )

function query(operation: Operation, grounds: Grounds): fc.Arbitrary<string> {
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query')
  const each = parameters.map(({ name, required, schema }) => {
    const one = asText(schema, name, grounds).map((value) => [`${name}=${value}`])
    const none = fc.constant<string[]>([])
    const twice = fc.tuple(one, one).map((both) => both.flat())
    return required ? weighed([24, one], [1, none], [1, twice]) : weighed([6, one], [12, none], [1, twice])
  })
  const stray = weighed(
    [9, fc.constant<string[]>([])],
    [1, oneOf([['strange=1'], ['__proto__=1'], ['limit[]=1'], ['&&&='], [`x=${LONG}`], ['%00=%00']])],
  )
  return fc
    .tuple(fc.tuple(...each), stray)
    .map(([some, strays]) => [...some.flat(), ...strays].join('&'))
    .map((text) => (text === '' ? '' : `?${text}`))
}

const path = (operation: Operation, grounds: Grounds): fc.Arbitrary<string> => {
  const noun = /([\w-]+)\/\{/.exec(operation.path)?.[1] ?? ''
  const id = weighed([5, idOf(noun, grounds).map(escaped)], [2, oneOf(STRANGE_TEXTS)])
  const parts = operation.path.split(/\{\w+\}/)
  return fc
    .array(id, { minLength: parts.length - 1, maxLength: parts.length - 1 })
    .map((ids) => parts.map((part, at) => part + (ids[at] ?? '')).join(''))
}

/** JSON with what no serialiser writes: doubled keys, numbers beyond all bounds, a prototype. */
const strangeJson = oneOf([
  '',
  ' ',
  '{',
  '[]',
  'null',
  '"text"',
  '1',
  '1e999',
  '{"a":1e999}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{}}}',
  '{"device":"a","device":"b"}',
  '\uFEFF{}',
  '{}{}',
  'user=a&b=c',
  '['.repeat(20_000),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `"${'x'.repeat(1_048_576)}"`,
  `{"note":"${'x'.repeat(60_000)}"}`,
  '<?xml version="1.0"?><a/>',
])

function body(operation: Operation, grounds: Grounds): fc.Arbitrary<string> {
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!schema) return oneOf(['', '{}', '{"a":1}', 'x'])
  const fits = fitting(schema, 'body', grounds)
  const off = fc
    .tuple(fits, fc.nat(), oneOf(STRANGE_VALUES), oneOf(['', '__proto__', 'strange']))
    .map(([value, at, strange, more]) => {
      if (typeof value !== 'object' || value === null) return strange
      const names = Object.keys(value)
      const name = names.length > 0 ? (names[at % names.length] ?? 'strange') : 'strange'
      return { ...value, [name]: strange, ...(more !== '' && { [more]: strange }) }
    })
  const written = (value: unknown) => JSON.stringify(value) ?? ''
  return weighed([5, fits.map(written)], [4, off.map(written)], [1, fc.json()], [2, strangeJson])
}

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { range: 'bytes=0-10' },
  { 'if-none-match': '*' },
  { 'if-none-match': `"${LONG}"` },
  { 'if-match': '"1"' },
  { 'if-match': 'W/"0"' },
  { 'if-match': '"99999999999"' },
  { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { 'content-encoding': 'gzip' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-host': 'evil.example' },
  { accept: 'text/html' },
  { accept: 'application/xml' },
  { 'accept-encoding': 'br, gzip' },
  { origin: 'http://evil.example' },
  { 'last-event-id': '999999999999999' },
  { 'last-event-id': '-1' },
  { 'last-event-id': LONG },
  { cookie: 'gatehouse_session=%00; gatehouse_session=a; =; ;' },
]

const TYPES = [
  'text/plain',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'x',
  'application/xml',
]

export function requestsOf(operation: Operation, grounds: Grounds): fc.Arbitrary<ApiRequest> {
  const method = weighed(
    [20, fc.constant(operation.method)],
    [1, oneOf(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'GET', 'POST'])],
  )
  const type = weighed([12, fc.constant('application/json')], [1, oneOf(TYPES)], [1, fc.constant('')])
  const more = weighed([3, fc.constant({})], [1, oneOf(HEADERS)])
  return fc
    .record({
      method,
      type,
      more,
      path: path(operation, grounds),
      query: query(operation, grounds),
      language: oneOf(['en', 'zh-CN', 'zh-Hans-CN;q=0.9, en;q=0.1']),
      body: body(operation, grounds),
    })
    .map(({ method, type, more, path, query, language, body }) => {
      const hasBody = method !== 'GET' && method !== 'HEAD' && (operation.requestBody || body.length < 3)
      const headers = { ...more, 'accept-language': language }
      if (!hasBody) return { method, path: path + query, headers }
      return { method, path: path + query, headers: { ...headers, 'content-type': type }, body }
    })
}
