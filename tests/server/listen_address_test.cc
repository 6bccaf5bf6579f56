#include "server/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::server {
namespace {

using ::testing::HasSubstr;

TEST(ListenAddressTest, ReadsWhatItPrints) {
  struct Case {
    std::string text;
    std::string printed;  // with port 99 for port 0
    bool local;
  };
  for (const Case& c : {
           Case{"127.0.0.1:7070", "127.0.0.1:7070", true},
           Case{"127.8.9.1:0", "127.8.9.1:99", true},
           Case{"localhost:0", "127.0.0.1:99", true},
           Case{"[::1]:65535", "[::1]:65535", true},
           Case{"unix:/tmp/a b", "unix:/tmp/a b", true},
           Case{"unix:relative", "unix:relative", true},
           Case{"0.0.0.0:1", "0.0.0.0:1", false},
           Case{"[::]:0", "[::]:99", false},
           Case{"10.0.0.7:7070", "10.0.0.7:7070", false},
           Case{"128.0.0.1:1", "128.0.0.1:1", false},
           Case{"[fe80::1]:1", "[fe80::1]:1", false},
       }) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ListenAddress address,
                                  ListenAddress::Parse(c.text));
    EXPECT_EQ(address.WithPort(99), c.printed);
    EXPECT_EQ(address.IsLocal(), c.local) << c.text;
  }
}

TEST(ListenAddressTest, SaysWhatIsWrong) {
  struct Case {
    std::string text;
    std::string says;
  };
  for (const Case& c : {
           Case{"", "expected HOST:PORT or unix:PATH"},
           Case{"7070", "expected HOST:PORT or unix:PATH"},
           Case{":7070", "'' is no IP address"},
           Case{"example.org:1", "'example.org' is no IP address"},
           Case{"::1:70", "'::1' is no IP address"},
           Case{"[127.0.0.1]:70", "'127.0.0.1' is no IP address"},
           Case{"127.0.0.1:", "port '' is not 0 to 65535"},
           Case{"127.0.0.1:65536", "port '65536' is not 0 to 65535"},
           Case{"127.0.0.1:-1", "port '-1' is not 0 to 65535"},
           Case{"unix:", "a path of 0 bytes"},
           Case{"unix:" + std::string(108, 'x'),
                "a path of 108 bytes; the "
                "system takes 1 to 107"},
       }) {
    EXPECT_THAT(
        ListenAddress::Parse(c.text),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr("--listen " + c.text), HasSubstr(c.says))));
  }
}

TEST(ListenAddressTest, FindsOutThatAPortIsTaken) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at = {};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
  const std::string text = absl::StrCat("127.0.0.1:", ntohs(at.sin_port));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ListenAddress address,
                                ListenAddress::Parse(text));
  EXPECT_THAT(address.CheckFree(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "cannot listen at " + text +
                           ": Address already in "
                           "use"));
  ::close(fd);
  ROWHOUSE_EXPECT_OK(address.CheckFree());
}

TEST(ListenAddressTest, FindsOutThatASocketFileIsInUse) {
  const TempDir directory;
  const std::string path = directory.File("s");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ListenAddress address,
                                ListenAddress::Parse("unix:" + path));
  ROWHOUSE_EXPECT_OK(address.CheckFree());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un at = {};
  at.sun_family = AF_UNIX;
  std::strncpy(at.sun_path, path.c_str(), sizeof(at.sun_path) - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  EXPECT_THAT(address.CheckFree(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(path + ": Address already in use")));
  // The file that a killed server leaves is nobody's.
  ::close(fd);
  ROWHOUSE_EXPECT_OK(address.CheckFree());
}

TEST(ListenAddressTest, FindsOutThatAnAddressIsNotOurs) {
  // 203.0.113.0/24 is for documentation: no machine has it.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ListenAddress address,
                                ListenAddress::Parse("203.0.113.1:0"));
  EXPECT_THAT(address.CheckFree(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("cannot listen at 203.0.113.1:0")));
}

}  // namespace
}  // namespace rowhouse::server
