// What a column does, in the words that `rowhouse columns explain` prints.
#ifndef ROWHOUSE_TOOLS_COLUMN_WORDS_H_
#define ROWHOUSE_TOOLS_COLUMN_WORDS_H_

#include <string>

#include "rowhouse/columns.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse::tools {

// "video: strings hashed to 1000 ids", weighted by w, over time.
std::string WordsOf(const CategoricalColumn& column);

// What it gives of that: "mean of rows of 8 floats; ", then the words above.
std::string WordsOf(const PlanColumn& column);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_COLUMN_WORDS_H_
