/** Who may sign in: made, given another password and taken away here; whoever only reads it sees no buttons. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import * as calls from '../api/calls.ts'
import { queryClient, refreshAccounts, session, users } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { Unanswered } from '../parts/states.tsx'
import { tell } from '../parts/tell.ts'
import { useMay, useSession } from '../session/use-session.ts'
import { AccountDialog, type Asked, TakeAway } from './account-dialog.tsx'
import { RoleOf } from './account-fields.tsx'
import accounts from './accounts.module.css'
import { NewPassword, NewUser } from './new-user.tsx'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const { user: self } = useSession()
  const heading = useRef<HTMLHeadingElement>(null)
  const [asked, setAsked] = useState<Asked>()
  const known = useQuery(users)
  const { data } = known
  const close = () => setAsked(undefined)

  const make = () => setAsked({ title: t('users.new'), content: <NewUser onDone={close} /> })
  const givePassword = (user: string) =>
    setAsked({
      title: t('users.passwordFor', { name: user }),
      content: <NewPassword user={user} onDone={close} />,
    })
  const gone = async (user: string) => {
    if (user === self) {
      queryClient.setQueryData(session.queryKey, null) // its own session ended with it
      return
    }
    await refreshAccounts()
    tell(t('users.removed', { name: user }))
    close()
    heading.current?.focus() // the button that had it has gone with the row
  }
  const remove = (user: string) =>
    setAsked({
      title: t('users.removeNamed', { name: user }),
      content: (
        <TakeAway
          action={t('users.remove')}
          help={t(user === self ? 'users.removeSelfHelp' : 'users.removeHelp', { name: user })}
          send={() => calls.removeUser(user)}
          onTaken={() => gone(user)}
          onCancel={close}
        />
      ),
    })

  return (
    <section className={styles.wide}>
      <div className={accounts.head}>
        <h2 ref={heading} tabIndex={-1}>
          {t('settings.page.users')}
        </h2>
        {may('accounts:write') ? (
          <Button className="no-print" onClick={make}>
            {t('users.new')}
          </Button>
        ) : null}
      </div>
      <p className={`${accounts.help} quiet`}>{t('users.help')}</p>
      <Unanswered of={known} />
      {data ? <Rows items={data.items} self={self} onPassword={givePassword} onRemove={remove} /> : null}
      <AccountDialog asked={asked} onClose={close} />
    </section>
  )
}

type RowsProps = {
  readonly items: readonly User[]
  readonly self: string
  onPassword(user: string): void
  onRemove(user: string): void
}

function Rows({ items, self, onPassword, onRemove }: RowsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const columns: Column<User>[] = [
    {
      head: t('signIn.user'),
      cell: ({ name, seenAt }) => (
        <span className={accounts.name}>
          {name} {name === self ? <span className="quiet">{t('users.you')}</span> : null}
          <span className={accounts.under}>
            <Seen at={seenAt} />
          </span>
        </span>
      ),
    },
    { head: t('accounts.role'), cell: (user) => <RoleOf {...user} /> },
    {
      head: t('accounts.created'),
      is: 'wide',
      cell: ({ createdAt }) => <time dateTime={createdAt}>{format.date(createdAt)}</time>,
    },
    {
      head: t('users.seen'),
      is: 'wide',
      cell: ({ seenAt }) => <Seen at={seenAt} />,
    },
  ]
  const deeds: Column<User> = {
    head: <span className={styles.hidden}>{t('accounts.deeds')}</span>,
    cell: ({ name }) => (
      <span className={`${accounts.deeds} no-print`}>
        {name === self ? (
          <Link to="/settings">{t('settings.change')}</Link>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('users.passwordFor', { name })}
            onClick={() => onPassword(name)}
          >
            {t('users.givePassword')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('users.removeNamed', { name })}
          onClick={() => onRemove(name)}
        >
          {t('users.remove')}
        </Button>
      </span>
    ),
  }
  return (
    <div className={accounts.list}>
      <FiguresTable
        rows={items}
        idOf={({ name }) => name}
        columns={may('accounts:write') ? [...columns, deeds] : columns}
      />
    </div>
  )
}

function Seen({ at }: { at: string | null }) {
  const { t } = useTranslation()
  return <span className="quiet">{at === null ? t('users.notSignedIn') : <Age at={at} />}</span>
}
