/**
 * What is being typed stands in the field at once; the address, which follows a moment later, never writes
 * into it meanwhile: a field that is written to under an input method loses the word that is being composed
 * in it.
 */
import { type ChangeEvent, useState } from 'react'

export function useTyped(value: string, onTyped: (text: string) => void) {
  const [typed, setTyped] = useState<string>()
  return {
    value: typed ?? value,
    onChange(event: ChangeEvent<HTMLInputElement>) {
      setTyped(event.currentTarget.value)
      onTyped(event.currentTarget.value)
    },
    onBlur: () => setTyped(undefined),
  }
}
