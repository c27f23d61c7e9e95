package io.driveline.webhook.body;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads one body as it arrives and then lets the request go on, whatever came of it. No thread
 * waits meanwhile, so that a slow client costs its buffer only, and the time limit is one over all.
 *
 * <p>Memory is reserved for what has arrived: by Content-Length, a few clients that announce much
 * and send nothing would take it all. It is given back when the request ends.
 */
final class BodyReader implements ReadListener, AsyncListener {

  /** The request's attribute that holds its reader. */
  static final String ATTRIBUTE = BodyReader.class.getName();

  /** What a request costs besides its body, as measured: Tomcat's buffers for the most part. */
  static final int OVERHEAD = 64 * 1024;

  private static final int FIRST_BUFFER = 4 * 1024;

  // Closing a connection with unread bytes resets it, and some clients never see the answer then.
  // So what comes at once is thrown away first; a client that sends no more gets its answer now.
  private static final int MOST_THROWN_AWAY = 4 * 1024 * 1024;
  private static final int GRACE_MILLIS = 300;
  private static final byte[] WASTE = new byte[8 * 1024];

  private enum State {
    READING,
    THROWING_AWAY,
    DONE
  }

  /** What a post is told that there is no room for. */
  interface NoRoom {
    void answer(HttpServletResponse response) throws IOException;
  }

  private final BodyLimits limits;
  private final MemoryBudget budget;
  private final ScheduledExecutorService timer;
  private final NoRoom noRoom;
  private final AsyncContext async;
  private final ServletInputStream in;
  private final long announced;

  private State state = State.READING;
  private byte[] bytes = new byte[0];
  private int count;
  private long thrownAway;
  private long reserved = OVERHEAD;
  private RefusedBodyException refusal;
  private ScheduledFuture<?> deadline;

  /**
   * @param budget from which {@link #OVERHEAD} is taken already
   * @param announced the Content-Length; -1 if there is none
   */
  BodyReader(
      BodyLimits limits,
      MemoryBudget budget,
      ScheduledExecutorService timer,
      NoRoom noRoom,
      AsyncContext async,
      ServletInputStream in,
      long announced) {
    this.limits = limits;
    this.budget = budget;
    this.timer = timer;
    this.noRoom = noRoom;
    this.async = async;
    this.in = in;
    this.announced = announced;
  }

  /**
   * Begins to read; the request goes on when that is done.
   *
   * @param wanted false to throw the body away
   */
  synchronized void begin(boolean wanted) {
    // By a timer of our own: Tomcat's own limit was seen not to end a body during a shutdown.
    async.setTimeout(2 * limits.timeout().toMillis());
    async.addListener(this);
    deadline = timer.schedule(this::tooSlow, limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
    if (!wanted) {
      throwAway(null);
    } else if (announced > limits.bytes()) {
      throwAway(new BodyTooLargeException(limits.bytes()));
    }
    if (state != State.DONE) {
      in.setReadListener(this);
    }
  }

  /** The whole body, or why there is none. */
  synchronized byte[] body() throws RefusedBodyException {
    if (refusal != null) {
      throw refusal;
    }
    return bytes;
  }

  @Override
  public synchronized void onDataAvailable() throws IOException {
    while (state != State.DONE && in.isReady()) {
      if (state == State.READING) {
        read();
      } else {
        int more = in.read(WASTE);
        thrownAway += more;
        if (more < 0 || thrownAway > MOST_THROWN_AWAY) {
          goOn();
        }
      }
    }
  }

  private void read() throws IOException {
    if (count == bytes.length && !grow()) {
      return;
    }
    int more = in.read(bytes, count, bytes.length - count);
    if (more > 0) {
      count += more;
    }
  }

  private boolean grow() throws IOException {
    if (count == limits.bytes()) {
      if (in.read() >= 0) {
        throwAway(new BodyTooLargeException(limits.bytes()));
      }
      return false;
    }
    long wanted = Math.min(limits.bytes(), Math.max(FIRST_BUFFER, 2L * count));
    if (announced > count) {
      wanted = Math.min(wanted, announced);
    }
    if (!reserve(wanted)) {
      done();
      bytes = new byte[0];
      release(reserved);
      noRoom.answer((HttpServletResponse) async.getResponse());
      async.complete();
      return false;
    }
    int old = bytes.length;
    bytes = Arrays.copyOf(bytes, (int) wanted);
    release(old);
    return true;
  }

  @Override
  public synchronized void onAllDataRead() {
    if (state == State.READING) {
      bytes = count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }
    goOn();
  }

  /** The client is gone: there is nobody to answer. */
  @Override
  public synchronized void onError(Throwable failure) {
    if (state != State.DONE) {
      done();
      bytes = new byte[0];
      async.complete();
    }
  }

  private synchronized void tooSlow() {
    if (state == State.READING) {
      refuse(new BodyTooSlowException(limits.timeout()));
    }
    goOn();
  }

  private void throwAway(RefusedBodyException reason) {
    refuse(reason);
    if (announced - count > MOST_THROWN_AWAY) {
      goOn();
      return;
    }
    state = State.THROWING_AWAY;
    timer.schedule(this::goOn, GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void refuse(RefusedBodyException reason) {
    refusal = reason;
    bytes = new byte[0];
    release(reserved);
  }

  private synchronized void goOn() {
    if (state != State.DONE) {
      done();
      async.dispatch();
    }
  }

  private void done() {
    state = State.DONE;
    deadline.cancel(false);
  }

  private boolean reserve(long more) {
    if (!budget.reserve(more)) {
      return false;
    }
    reserved += more;
    return true;
  }

  private void release(long some) {
    budget.release(some);
    reserved -= some;
  }

  /** The second line; what comes after this class has limits of its own. */
  @Override
  public void onTimeout(AsyncEvent event) {
    tooSlow();
  }

  /** The request goes on asynchronously; its end is still to be heard of. */
  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }

  @Override
  public synchronized void onComplete(AsyncEvent event) {
    done();
    release(reserved);
  }

  @Override
  public void onError(AsyncEvent event) {
    onError(event.getThrowable());
  }
}
