/** The places that the role may see, the search, and what belongs to this desk: sound, language, colours, sign-out. */
import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, useLocation } from 'react-router'
import * as calls from '../api/calls.ts'
import { queryClient, session, site } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { switchSound, useSound } from '../live/sound.ts'
import { useMay, useSession } from '../session/use-session.ts'
import { Brand } from './brand.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { PLACES } from './places.ts'
import styles from './shell.module.css'

export function Header({ onSearch, onKeys }: { onSearch(): void; onKeys(): void }) {
  const { t } = useTranslation()
  const may = useMay()
  const sound = useSound()
  const { data } = useQuery(site)
  const format = useFormat()
  const now = useNow(60_000)
  // Whoever sits elsewhere would take the times of the site for their own
  const isElsewhere = data !== undefined && format.offset(now) !== deskOffset(now)
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const here = pathname.split('/')[1]
  // On a telephone the places move sideways; the one that is open must not be out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the place that changes what is current
  useEffect(() => {
    const current = nav.current?.querySelector('[aria-current="page"]')
    current?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [here])
  return (
    <header className={styles.header}>
      <div className={styles.identity}>
        <Brand />
        <span className={styles.site} title={data?.name}>
          {data?.name}
        </span>
        {isElsewhere ? (
          <span className={styles.site} title={format.timeZone}>
            {t('shell.zone', { offset: format.offset(now) })}
          </span>
        ) : null}
      </div>
      <nav ref={nav} className={styles.nav} aria-label={t('shell.places')}>
        {PLACES.filter(({ right }) => may(right)).map(({ path, name }) => (
          <NavLink key={path} to={path} end={path === '/'} className={styles.place ?? ''}>
            {t(name)}
          </NavLink>
        ))}
      </nav>
      <div className={styles.tools}>
        <UnstyledButton
          className={styles.tool}
          onClick={onSearch}
          aria-label={t('search.open')}
          aria-keyshortcuts="/"
        >
          <svg viewBox="0 0 16 16" width="0.875rem" height="0.875rem" aria-hidden="true">
            <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
            <path d="m10.5 10.5 4 4" stroke="currentColor" strokeWidth="1.5" />
          </svg>
          <span className={styles.wide}>{t('search.open')}</span>
          <kbd className={styles.wide}>/</kbd>
        </UnstyledButton>
        {may('alarms:read') ? (
          <UnstyledButton className={styles.tool} aria-pressed={sound} onClick={() => switchSound(!sound)}>
            {sound ? t('sound.on') : t('sound.off')}
          </UnstyledButton>
        ) : null}
        <LanguageSwitch />
        <UserMenu onKeys={onKeys} />
      </div>
    </header>
  )
}

/** What the clock of the desk is ahead, as of the site: `UTC+08:00`. */
function deskOffset(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  if (minutes === 0) return 'UTC'
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0')
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

function UserMenu({ onKeys }: { onKeys(): void }) {
  const { t } = useTranslation()
  const { user, role } = useSession()
  const may = useMay()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = useMutation({
    mutationFn: calls.signOut,
    onSettled() {
      queryClient.setQueryData(session.queryKey, null)
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    },
  })
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <UnstyledButton className={styles.tool}>
          {user} <span aria-hidden="true">▾</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(`role.${role}`)}</Menu.Label>
        <Menu.Item onClick={() => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark')}>
          {colorScheme === 'dark' ? t('user.light') : t('user.dark')}
        </Menu.Item>
        <Menu.Item onClick={onKeys}>{t('user.keys')}</Menu.Item>
        {may('reports:read') ? (
          <Menu.Item component={Link} to="/reports/shift">
            {t('reports.shift')}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item onClick={() => leave.mutate()}>{t('user.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
