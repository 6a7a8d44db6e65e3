/** The OPC UA client library, loaded once and only where an OPC UA source is configured: it is large. */

export type Library = typeof import('node-opcua-client')

let library: Promise<Library> | undefined

export function loadLibrary(): Promise<Library> {
  library ??= import('node-opcua-client').then((opcua) => {
    // It prints boxes of text to the console; all it has to say reaches us as errors and events too.
    opcua.setWarningLogger(() => {})
    opcua.setErrorLogger(() => {})
    return opcua
  })
  return library
}
