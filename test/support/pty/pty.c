/*
 * A serial port without hardware: opens a pseudo terminal, prints the path of the end for the program, and then
 * forwards bytes between that end and its own stdin and stdout. When it exits, the port is unplugged.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static int pass_on(int from, int to) {
  char bytes[512];
  ssize_t got = read(from, bytes, sizeof bytes);
  if (got <= 0) return got < 0 && errno == EINTR;
  for (ssize_t done = 0; done < got;) {
    ssize_t put = write(to, bytes + done, (size_t)(got - done));
    if (put < 0 && errno != EINTR) return 0;
    if (put > 0) done += put;
  }
  return 1;
}

int main(void) {
  int port = posix_openpt(O_RDWR | O_NOCTTY);
  if (port < 0 || grantpt(port) != 0 || unlockpt(port) != 0) {
    perror("no pseudo terminal");
    return 1;
  }
  const char *name = ptsname(port);
  /* Held open, so that the port stays plugged in without a program; raw, so that nothing is echoed before one opens it. */
  int held = open(name, O_RDWR | O_NOCTTY);
  struct termios raw;
  if (held < 0 || tcgetattr(held, &raw) != 0) {
    perror(name);
    return 1;
  }
  cfmakeraw(&raw);
  tcsetattr(held, TCSANOW, &raw);
  printf("%s\n", name);
  fflush(stdout);
  struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = port, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0 && errno != EINTR) return 1;
    if (ends[0].revents && !pass_on(STDIN_FILENO, port)) return 0;
    if (ends[1].revents && !pass_on(port, STDOUT_FILENO)) return 0;
  }
}
