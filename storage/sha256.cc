#include "storage/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "base/status_macros.h"

namespace rowhouse::storage {
namespace {

// Large enough that system calls do not show, small beside everything else.
constexpr std::size_t kPieceBytes = 1u << 20;

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void Add(absl::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  std::string Hex() {
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), hash, &size);
    return absl::BytesToHexString(
        absl::string_view(reinterpret_cast<const char*>(hash), size));
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace

std::string Sha256(absl::string_view bytes) {
  Digest digest;
  digest.Add(bytes);
  return digest.Hex();
}

absl::StatusOr<std::string> Sha256OfFile(Disk& disk, const std::string& path) {
  Digest digest;
  for (std::uint64_t offset = 0;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string piece,
                              disk.ReadPiece(path, offset, kPieceBytes));
    digest.Add(piece);
    offset += piece.size();
    if (piece.size() < kPieceBytes) return digest.Hex();
  }
}

}  // namespace rowhouse::storage
