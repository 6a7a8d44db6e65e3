/** Which OPC UA servers are trusted is a person's decision; it takes effect at the next attempt to connect. */
import { join } from 'node:path'
import { listCertificates, trustCertificate } from '../connect/opcua-certificates.ts'
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

export const opcuaCertificates: Command = {
  name: 'opcua certificates',
  usage: 'opcua certificates [--config FILE]',
  summary: 'List the certificates of OPC UA servers, trusted and not.',
  async run(args, terminal) {
    const { data } = configOf(parse(args, []).values, terminal)
    const shown = await listCertificates(certificatesIn(data.dir))
    for (const { thumbprint, state, subject, validTo } of shown) {
      const until = Number.isNaN(validTo) ? 'unknown' : new Date(validTo).toISOString().slice(0, 10)
      terminal.out(`${thumbprint}  ${state.padEnd(8)}  until ${until}  ${subject}`)
    }
    if (shown.length === 0)
      terminal.err(
        `No OPC UA server has shown ${data.dir} a certificate yet: it does at the first attempt to connect`,
      )
    return 0
  },
}

export const opcuaTrust: Command = {
  name: 'opcua trust',
  usage: 'opcua trust THUMBPRINT [--config FILE]',
  summary: 'Trust the OPC UA server with this certificate.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['THUMBPRINT'])
    const [thumbprint = ''] = positionals
    await trustCertificate(certificatesIn(configOf(values, terminal).data.dir), thumbprint)
    terminal.out(`${thumbprint} is trusted`)
    return 0
  },
}

const certificatesIn = (dataDir: string) => join(dataDir, 'opcua')
