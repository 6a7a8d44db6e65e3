/**
 * A small real SMTP server (RFC 5321) over TCP: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA. It keeps the
 * letters that it took, and refuses what it is told to refuse.
 */
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

export type Letter = {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
  readonly isEncrypted: boolean
  readonly user: string | undefined
}

export type SmtpSetting = {
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly user?: { readonly name: string; readonly password: string }
  /** The answer to the end of the n-th letter's data, from 0, where it is not taken. */
  readonly answer?: (n: number) => string | undefined
  /** The answer to an addressee who is not taken; `n` counts from 0 how often that one was named. */
  readonly answerTo?: (address: string, n: number) => string | undefined
  /** How long it thinks before each line. */
  readonly delayMs?: number
}

export type Smtp = AsyncDisposable & { readonly port: number; readonly letters: Letter[] }

const addressIn = (line: string): string => /<(.*)>/.exec(line)?.[1] ?? ''

export async function openSmtp({
  tls,
  user,
  answer = () => undefined,
  answerTo = () => undefined,
  delayMs = 0,
}: SmtpSetting = {}): Promise<Smtp> {
  const letters: Letter[] = []
  const sockets = new Set<Socket>()
  let count = 0
  const named = new Map<string, number>()

  function talk(socket: Socket, isEncrypted: boolean): void {
    let [text, signedIn, from, isData] = ['', undefined as string | undefined, '', false]
    let to: string[] = []
    const write = (line: string) => socket.writable && socket.write(`${line}\r\n`)
    const say = (line: string) => (delayMs > 0 ? setTimeout(write, delayMs, line) : write(line))

    const commands: Readonly<Record<string, (line: string) => void>> = {
      EHLO() {
        const security = tls && !isEncrypted ? ['STARTTLS'] : []
        const offers = ['small', ...security, ...(user ? ['AUTH PLAIN'] : []), '8BITMIME']
        say(offers.map((offer, i) => `250${i === offers.length - 1 ? ' ' : '-'}${offer}`).join('\r\n'))
      },
      STAR() {
        say(tls ? '220 go' : '502 no')
        if (!tls) return
        socket.removeAllListeners('data')
        talk(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) }), true)
      },
      AUTH(line) {
        const said = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString()
        const [, name, password] = said.split('\0')
        const isRight = user !== undefined && name === user.name && password === user.password
        if (isRight) signedIn = name
        say(isRight ? '235 in' : '535 no')
      },
      MAIL(line) {
        from = addressIn(line)
        to = []
        say(user && !signedIn ? '530 sign in first' : '250 ok')
      },
      RCPT(line) {
        const address = addressIn(line)
        const times = named.get(address) ?? 0
        named.set(address, times + 1)
        const refusal = answerTo(address, times)
        if (refusal === undefined) to.push(address)
        say(refusal ?? '250 ok')
      },
      DATA() {
        isData = true
        say('354 go on')
      },
      QUIT() {
        say('221 bye')
        socket.end()
      },
    }

    function taken(data: string): void {
      isData = false
      const refusal = answer(count++)
      if (refusal === undefined) letters.push({ from, to, data, isEncrypted, user: signedIn })
      say(refusal ?? '250 taken')
    }

    if (!isEncrypted) say('220 small')
    socket.on('error', () => {}) // the other end is gone
    socket.on('data', (chunk) => {
      text += chunk.toString()
      for (;;) {
        const end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const part = text.slice(0, end)
        text = text.slice(end + (isData ? 5 : 2))
        const command = commands[part.slice(0, 4).toUpperCase()] ?? (() => say('250 ok'))
        if (isData) taken(part)
        else command(part)
      }
    })
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    talk(socket, false)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    letters,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
