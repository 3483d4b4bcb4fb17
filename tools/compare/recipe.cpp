#include "recipe.h"

#include <filesystem>
#include <iostream>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/lock.h"
#include "ecg_lora/base/write_together.h"
#include "ecg_lora/evaluation/scoring/run_comparison.h"

namespace ecg_lora::tools {

int run_compare(CompareRecipe recipe) {
  recipe.intervals.progress = true;
  const auto comparison = evaluation::compare_runs(recipe.runs, recipe.rule, recipe.intervals);
  std::cout << comparison.table;
  if (recipe.out.empty()) return 0;
  const std::filesystem::path out = recipe.out;
  const OutputLock lock(out);
  write_together({{out / "compare.html", comparison.page},
                  {out / "compare.json", json_document(comparison.json)}});
  std::cout << "\nwrote " << (out / "compare.json").string() << " and compare.html\n";
  return 0;
}

}  // namespace ecg_lora::tools
