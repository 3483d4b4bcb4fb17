// Small tables in PTB-XL's layout.
#pragma once

#include <string>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::testing {

inline const std::string kColumns =
    "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr\n";

/// A row whose cell of scp_codes is `codes`.
inline std::string row(int id, const std::string& codes,
                       const std::string& start = "15709.0,56.0,1") {
  return cat(id, ',', start, ",\"a, b\",\"", codes,
             "\",3,records100/00000/00001_lr,records500/00000/00001_hr\n");
}

inline const std::string kStatements =
    ",description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass,Statement Category\n"
    "NORM,normal ECG,1.0,,,NORM,NORM,x\n"
    "NDT,non-diagnostic T abnormalities,1.0,1.0,,STTC,STTC,x\n"
    "IMI,inferior myocardial infarction,1.0,,,MI,IMI,x\n"
    "AMI,anterior myocardial infarction,1.0,,,MI,AMI,x\n"
    "1AVB,first degree AV block,1.0,,,CD,_AVB,x\n"
    "AFIB,atrial fibrillation,,,1.0,,,x\n"
    "SR,sinus rhythm,,,1.0,,,x\n";

inline ptbxl::Database load(const std::string& rows, const std::string& columns = kColumns,
                            const std::string& statements = kStatements) {
  const TemporaryFolder folder;
  write_file(folder / "ptbxl_database.csv", columns + rows);
  write_file(folder / "scp_statements.csv", statements);
  return ptbxl::load_database(folder / "");
}

}  // namespace ecg_lora::testing
