/**
 * Header, the line of needs, the state of the stream, and the place that is open. In wall mode only the place
 * is left.
 */
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useNavigate } from 'react-router'
import { KeysHelp } from '../keyboard/keys-help.tsx'
import { useKeys } from '../keyboard/use-keys.ts'
import { useLiveStatus } from '../live/status.ts'
import { useLive } from '../live/use-live.ts'
import { Loading } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import { Header } from './header.tsx'
import { LiveBar } from './live-bar.tsx'
import { NeedsYou } from './needs-you.tsx'
import { PLACES } from './places.ts'
import { Search } from './search.tsx'
import styles from './shell.module.css'
import { useArrival } from './use-arrival.ts'
import { useWall } from './wall.ts'

export function Shell() {
  const { t } = useTranslation()
  const may = useMay()
  const navigate = useNavigate()
  const wall = useWall()
  const { state } = useLiveStatus()
  const [searching, setSearching] = useState(false)
  const [helping, setHelping] = useState(false)
  useLive(may('live:read'))
  const main = useArrival()
  useKeys({
    '/': () => setSearching(true),
    '?': () => setHelping(true),
    ...Object.fromEntries(
      PLACES.filter(({ right }) => may(right)).map(({ path }, at) => [
        String(at + 1),
        () => void navigate(path),
      ]),
    ),
  })
  return (
    <div className={styles.shell} data-wall={wall || undefined} data-stale={state === 'lost' || undefined}>
      <a href="#main" className="skip">
        {t('shell.skip')}
      </a>
      {wall ? null : <Header onSearch={() => setSearching(true)} onKeys={() => setHelping(true)} />}
      <NeedsYou />
      <LiveBar />
      <main ref={main} id="main" className={styles.main} tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Search opened={searching} onClose={() => setSearching(false)} />
      <KeysHelp opened={helping} onClose={() => setHelping(false)} />
    </div>
  )
}
