// While there is no user, a connection from this machine may initiate the set and make the first one.
const { MEMBER, ADMIN_PASSWORD, APP_PASSWORD } = process.env;

const unless = (names, action) => {
  try {
    return action();
  } catch (e) {
    if (!names.includes(e.codeName)) throw e;
    return null;
  }
};

const untilPrimary = () => {
  while (!db.hello().isWritablePrimary) sleep(200);
};

const known = unless(['AuthenticationFailed'], () => db.auth('admin', ADMIN_PASSWORD));
if (!known) {
  unless(['AlreadyInitialized', 'Unauthorized'], () =>
    rs.initiate({ _id: 'driveline', members: [{ _id: 0, host: MEMBER }] }));
  untilPrimary();
  // Unauthorized: there are users, and the Secret's password is not theirs. That is no reason to stop.
  unless(['Unauthorized'], () =>
    db.createUser({ user: 'admin', pwd: ADMIN_PASSWORD, roles: ['root'] }));
}
if (known || unless(['AuthenticationFailed'], () => db.auth('admin', ADMIN_PASSWORD))) {
  untilPrimary();
  if (!db.getUser('driveline')) {
    db.createUser({
      user: 'driveline',
      pwd: APP_PASSWORD,
      roles: [
        { role: 'readWrite', db: 'driveline' },
        { role: 'readWrite', db: 'stripe' },
      ],
    });
  }
}
