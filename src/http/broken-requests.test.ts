import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'

it.each([
  ['what is no HTTP', 'NONSENSE\r\n\r\n', 400],
  ['a request with a NUL in its address', 'GET /a\0b HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  [
    'a request of two lengths',
    'POST /api/v1/session HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    400,
  ],
  ['a head beyond the limit', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is refused as a problem, and counted', async (_what, request, status) => {
  await using api = await openApi()
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((api.app.server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {}) // of what it still had to say
  socket.write(request)
  await once(socket, 'close')
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head).toContain('content-type: application/problem+json')
  expect(JSON.parse(body)).toMatchObject({
    type: 'urn:gatehouse:error:broken-request',
    status,
    code: 'broken-request',
  })
  const { body: metrics } = await api.app.inject('/metrics')
  expect(metrics).toContain('gatehouse_http_responses_total{status="4xx"} 1')
})
