/*
 * What a C program does for one message: sendmsg with MSG_MORE for the header,
 * sendfile for the file, send for the trailer. It speaks the same protocol to
 * the receiving end as the Go contenders and prints what they measure.
 *
 * usage: baseline PORT FILE SIZE N BATCH: N messages, waiting after every BATCH
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void
check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static double
cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
	    (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static uint32_t
segments(int s)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	check(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &len) == 0, "TCP_INFO");
	return info.tcpi_data_segs_out;
}

static void
message(int s, int fd, off_t size)
{
	static char header[220], trailer[32];
	off_t off = 0;

	check(send(s, header, sizeof(header), MSG_MORE | MSG_NOSIGNAL) == sizeof(header), "header");
	while (off < size)
		check(sendfile(s, fd, &off, size - off) > 0 || errno == EINTR, "sendfile");
	check(send(s, trailer, sizeof(trailer), MSG_NOSIGNAL) == sizeof(trailer), "trailer");
}

/* Sends n messages and waits for the byte that says: all arrived. */
static void
batch(int s, int fd, off_t size, long n)
{
	char ack;

	for (long i = 0; i < n; i++)
		message(s, fd, size);
	check(read(s, &ack, 1) == 1, "acknowledgement");
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	double elapsed, used;
	uint64_t lengths[2];
	uint32_t segs;
	off_t size;
	int fd, s, on = 1;
	long n, many;

	check(argc == 6, "usage: baseline PORT FILE SIZE N BATCH");
	to.sin_port = htons(atoi(argv[1]));
	check((fd = open(argv[2], O_RDONLY)) >= 0, argv[2]);
	size = atoll(argv[3]);
	n = atol(argv[4]);
	many = atol(argv[5]);
	check((s = socket(AF_INET, SOCK_STREAM, 0)) >= 0, "socket");
	check(connect(s, (struct sockaddr *)&to, sizeof(to)) == 0, "connect");
	check(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "TCP_NODELAY");
	lengths[0] = size + 220 + 32;
	lengths[1] = lengths[0] * many;
	check(write(s, lengths, sizeof(lengths)) == sizeof(lengths), "lengths");
	batch(s, fd, size, 1);
	segs = segments(s);
	used = cpu();
	elapsed = now();
	for (long left = n; left > 0; left -= many)
		batch(s, fd, size, many);
	elapsed = now() - elapsed;
	used = cpu() - used;
	segs = segments(s) - segs;
	printf("%f %f %f\n", elapsed / n, used / n, (double)segs / n);
	return 0;
}
