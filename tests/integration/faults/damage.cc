#include "tests/integration/faults/damage.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowhouse::faults {
namespace {

constexpr std::size_t kPageBytes = 4096;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (out.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

std::string FlipBit(std::string& content, std::mt19937_64& random) {
  const std::size_t byte = random() % content.size();
  const auto bit = static_cast<unsigned>(random() % 8);
  content[byte] = static_cast<char>(content[byte] ^ (1u << bit));
  return absl::StrCat("bit ", bit, " of byte ", byte, " of ", content.size(),
                      " flipped");
}

std::string ZeroPage(std::string& content, std::mt19937_64& random) {
  const std::size_t pages = (content.size() + kPageBytes - 1) / kPageBytes;
  const std::size_t begin = random() % pages * kPageBytes;
  const std::size_t size = std::min(kPageBytes, content.size() - begin);
  std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(begin), size, '\0');
  return absl::StrCat("page at ", begin, " of ", content.size(), " zeroed");
}

std::string CutEnd(std::string& content, std::mt19937_64& random) {
  const std::size_t before = content.size();
  content.resize(random() % before);
  return absl::StrCat("cut from ", before, " to ", content.size(), " bytes");
}

// With another of its directory where there is one, else with any.
absl::StatusOr<Damage> Swap(const std::string& path,
                            const std::vector<std::string>& files,
                            std::mt19937_64& random) {
  const std::filesystem::path directory =
      std::filesystem::path(path).parent_path();
  std::vector<std::string> near;
  std::vector<std::string> far;
  for (const std::string& file : files) {
    if (file == path) continue;
    far.push_back(file);
    if (std::filesystem::path(file).parent_path() == directory) {
      near.push_back(file);
    }
  }
  const auto& others = !near.empty() && random() % 4 != 0 ? near : far;
  if (others.empty()) return absl::NotFoundError("one file alone");
  const std::string& other = others[random() % others.size()];
  const std::string a = ReadFile(path);
  const std::string b = ReadFile(other);
  absl::Status status = WriteFile(path, b);
  status.Update(WriteFile(other, a));
  if (!status.ok()) return status;
  return Damage{.what = "swapped", .files = {path, other}, .changed = a != b};
}

}  // namespace

std::vector<std::string> FilesBelow(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.file_size() > 0) {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string KindName(const std::string& path) {
  const std::filesystem::path parts(path);
  const std::string name = parts.filename().string();
  const std::string folder = parts.parent_path().filename().string();
  std::string kind =
      folder == "rows" || folder == "journal" ? absl::StrCat(folder, "/") : "";
  const std::size_t dot = name.rfind('.');
  if (dot != std::string::npos)
    return absl::StrCat(kind, "*", name.substr(dot));
  for (const char c : name) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) kind.push_back(c);
  }
  return kind;
}

absl::StatusOr<Damage> DamageOneFile(const std::string& directory,
                                     std::mt19937_64& random) {
  const std::vector<std::string> files = FilesBelow(directory);
  if (files.empty()) return absl::NotFoundError("no file to damage");
  std::map<std::string, std::vector<std::string>> kinds;
  for (const std::string& file : files) kinds[KindName(file)].push_back(file);
  const auto kind = std::next(
      kinds.begin(), static_cast<std::ptrdiff_t>(random() % kinds.size()));
  const std::string& path = kind->second[random() % kind->second.size()];
  const std::uint64_t how = random() % 4;
  if (how == 3 && files.size() > 1) return Swap(path, files, random);
  const std::string before = ReadFile(path);
  std::string content = before;
  Damage damage;
  damage.what = how == 0   ? ZeroPage(content, random)
                : how == 1 ? CutEnd(content, random)
                           : FlipBit(content, random);
  damage.files = {path};
  damage.changed = content != before;
  const absl::Status status = WriteFile(path, content);
  if (!status.ok()) return status;
  return damage;
}

}  // namespace rowhouse::faults
