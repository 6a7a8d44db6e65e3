/** Whether the page is being printed: a list that draws only what is in sight then draws all of it. */
import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const print = window.matchMedia('print')
    const follow = () => flushSync(() => setPrinting(print.matches)) // the browser does not wait for a later frame
    print.addEventListener('change', follow)
    return () => print.removeEventListener('change', follow)
  }, [])
  return printing
}
