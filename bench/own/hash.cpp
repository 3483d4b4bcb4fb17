// SHA-256 in base/hash against OpenSSL's.
#include <benchmark/benchmark.h>

#ifdef OWN_CODE_CRYPTO
#include <openssl/evp.h>
#endif

#include <string>

#include "ecg_lora/base/hash.h"

namespace {

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void sha256_own(benchmark::State& state) {
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(ecg_lora::sha256(bytes));
  count_bytes(state);
}
BENCHMARK(sha256_own)->Arg(200)->Arg(16 << 20);

#ifdef OWN_CODE_CRYPTO
void sha256_openssl(benchmark::State& state) {
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  unsigned char digest[EVP_MAX_MD_SIZE];
  for (auto _ : state) {
    EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr);
    benchmark::DoNotOptimize(digest);
  }
  count_bytes(state);
}
BENCHMARK(sha256_openssl)->Arg(200)->Arg(16 << 20);
#endif

}  // namespace
