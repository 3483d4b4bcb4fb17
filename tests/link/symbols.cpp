// Preloaded into an executable: tells which symbols of libstdc++ it got from another library, and
// ends it before main.
//
// Wheels of torch export functions of an older libstdc++ (std::filesystem among them). The dynamic
// linker takes the first library that has a symbol, so libstdc++ must come before libtorch. Run
// with LD_BIND_NOW=1, so that every slot is filled. Prints "wrong <symbol> <library>" per fault and
// "symbols <count>" in the end. Uses nothing of libstdc++ itself.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cstddef>

namespace {

#if defined(__aarch64__)
constexpr unsigned kSlot = R_AARCH64_JUMP_SLOT, kData = R_AARCH64_GLOB_DAT;
#else
constexpr unsigned kSlot = R_X86_64_JUMP_SLOT, kData = R_X86_64_GLOB_DAT;
#endif

struct Tables {
  ElfW(Addr) base = 0;
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela) * lists[2] = {};
  std::size_t bytes[2] = {};
};

void read_dynamic(const ElfW(Dyn) * entry, Tables& tables) {
  for (; entry->d_tag != DT_NULL; ++entry) {
    const auto address = entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) tables.symbols = reinterpret_cast<const ElfW(Sym)*>(address);
    if (entry->d_tag == DT_STRTAB) tables.names = reinterpret_cast<const char*>(address);
    if (entry->d_tag == DT_RELA) tables.lists[0] = reinterpret_cast<const ElfW(Rela)*>(address);
    if (entry->d_tag == DT_RELASZ) tables.bytes[0] = entry->d_un.d_val;
    if (entry->d_tag == DT_JMPREL) tables.lists[1] = reinterpret_cast<const ElfW(Rela)*>(address);
    if (entry->d_tag == DT_PLTRELSZ) tables.bytes[1] = entry->d_un.d_val;
  }
}

/// The first object is the executable.
int read_executable(dl_phdr_info* info, std::size_t, void* data) {
  auto& tables = *static_cast<Tables*>(data);
  tables.base = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; ++i)
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
      read_dynamic(reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
                   tables);
  return 1;
}

__attribute__((constructor)) void check() {
  Tables tables;
  dl_iterate_phdr(read_executable, &tables);
  void* library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
  int count = 0;
  for (int list = 0; library && list < 2; ++list)
    for (std::size_t i = 0; i < tables.bytes[list] / sizeof(ElfW(Rela)); ++i) {
      const auto& entry = tables.lists[list][i];
      const auto type = ELF64_R_TYPE(entry.r_info);
      const auto& symbol = tables.symbols[ELF64_R_SYM(entry.r_info)];
      const char* name = tables.names + symbol.st_name;
      if ((type != kSlot && type != kData) || symbol.st_shndx != SHN_UNDEF ||
          strncmp(name, "_Z", 2) != 0)
        continue;
      void* bound = *reinterpret_cast<void**>(tables.base + entry.r_offset);
      Dl_info place = {};
      if (!bound || !dlsym(library, name) || dladdr(bound, &place) == 0) continue;
      ++count;
      if (!strstr(place.dli_fname, "libstdc++")) printf("wrong %s %s\n", name, place.dli_fname);
    }
  printf("symbols %d\n", count);
  fflush(stdout);
  _exit(0);
}

}  // namespace
