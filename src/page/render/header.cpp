#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

PageHeader header_of(const wfdb::Record& record, const wfdb::PatientFacts& known) {
  const auto facts = wfdb::complete(known, wfdb::facts_of(record));
  PageHeader header;
  header.name = record.name;
  header.id = facts.id;
  header.age = facts.age;
  if (facts.sex) header.sex = *facts.sex == 0 ? "male" : "female";
  header.recorded = facts.recorded;
  return header;
}

}  // namespace ecg_lora::page
