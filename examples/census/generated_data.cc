#include "examples/census/generated_data.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/hash.h"
#include "examples/census/metrics.h"
#include "examples/dense/random.h"

namespace rowhouse::census {
namespace {

using dense::Random;

// Tells the rows' draws from others of the same seed.
constexpr std::uint64_t kRowStream = 3;

// A value, how often it comes (of 1,000 rows) and what it adds to the logit.
struct Choice {
  const char* name;
  double share;
  double effect;
};
struct AmountChoice {
  std::int64_t amount;
  double share;
  double effect;
};

constexpr Choice kWorkclasses[] = {
    {"Private", 739, 0},       {"Self-emp-not-inc", 83, -0.5},
    {"Local-gov", 68, -0.2},   {"State-gov", 42, -0.3},
    {"Self-emp-inc", 36, 0.3}, {"Federal-gov", 31, 0.5},
    {"Without-pay", 0.5, -2},  {"Never-worked", 0.2, -2}};

// In the order of education-num, which is the place in this list plus one.
constexpr Choice kEducations[] = {
    {"Preschool", 1.6, -2.5},   {"1st-4th", 5.2, -2},
    {"5th-6th", 10.2, -1.8},    {"7th-8th", 19.8, -1.8},
    {"9th", 15.8, -1.5},        {"10th", 28.7, -1.4},
    {"11th", 36, -1.3},         {"12th", 13.3, -0.9},
    {"HS-grad", 322.5, -0.5},   {"Some-college", 224, 0},
    {"Assoc-voc", 42.4, 0.2},   {"Assoc-acdm", 32.8, 0.2},
    {"Bachelors", 164.5, 1},    {"Masters", 53, 1.5},
    {"Prof-school", 17.7, 2.2}, {"Doctorate", 12.7, 2.2}};
constexpr int kCollege = 12;  // Bachelors: the first degree in the list

struct Occupation {
  Choice choice;       // the share is that of men without a degree
  double female;       // how much likelier for a woman
  double with_degree;  // how much likelier with a degree
};
constexpr Occupation kOccupations[] = {
    {{"Prof-specialty", 40, 0.6}, 1.2, 9},
    {{"Craft-repair", 221, 0}, 0.12, 0.2},
    {{"Exec-managerial", 90, 0.9}, 0.8, 2.9},
    {{"Adm-clerical", 62, 0}, 4.2, 0.6},
    {{"Sales", 105, 0.3}, 1.1, 1.1},
    {{"Other-service", 85, -1.1}, 2.4, 0.2},
    {{"Machine-op-inspct", 84, -0.4}, 0.8, 0.12},
    {{"?", 52, -0.3}, 1.7, 0.5},
    {{"Transport-moving", 87, -0.2}, 0.12, 0.15},
    {{"Handlers-cleaners", 69, -0.9}, 0.3, 0.13},
    {{"Farming-fishing", 51, -1.1}, 0.14, 0.3},
    {{"Tech-support", 25, 0.6}, 1.2, 1.3},
    {{"Protective-serv", 28, 0.6}, 0.27, 0.7},
    {{"Priv-house-serv", 0.5, -1.8}, 35, 0.2},
    {{"Armed-Forces", 0.4, 0}, 0.1, 0.8}};

constexpr Choice kRaces[] = {{"White", 854, 0},
                             {"Black", 96, -0.2},
                             {"Asian-Pac-Islander", 32, 0.1},
                             {"Amer-Indian-Eskimo", 9.5, -0.4},
                             {"Other", 8.3, -0.3}};

constexpr Choice kCountries[] = {{"United-States", 896, 0},
                                 {"Mexico", 20, -0.7},
                                 {"?", 18, 0},
                                 {"Philippines", 6, 0.3},
                                 {"Germany", 4.2, 0.2},
                                 {"Canada", 3.7, 0.3},
                                 {"Puerto-Rico", 3.5, -0.4},
                                 {"El-Salvador", 3.3, -0.6},
                                 {"India", 3.1, 0},
                                 {"Cuba", 2.9, 0.2},
                                 {"England", 2.8, 0.3},
                                 {"Jamaica", 2.5, -0.2},
                                 {"South", 2.5, -0.5},
                                 {"China", 2.3, -0.3},
                                 {"Italy", 2.2, 0.4},
                                 {"Dominican-Republic", 2.1, -1},
                                 {"Vietnam", 2.1, -0.7},
                                 {"Guatemala", 2, -0.4},
                                 {"Japan", 1.9, 0.3},
                                 {"Poland", 1.8, 0},
                                 {"Columbia", 1.8, -1},
                                 {"Taiwan", 1.6, 0.1},
                                 {"Haiti", 1.4, -0.3},
                                 {"Iran", 1.3, 0.2},
                                 {"Portugal", 1.1, 0},
                                 {"France", 0.9, 0.5},
                                 {"Greece", 0.9, -0.3},
                                 {"Ireland", 0.7, 0.2}};

// Ages come in steps of five years from 17 on; within a step all alike.
constexpr double kAgeShares[] = {96, 125, 131, 134, 126, 115, 93, 66,
                                 52, 31,  17,  8,   4,   1,   1};

// Amounts that tell nearly everything, as in the real data.
constexpr AmountChoice kGains[] = {
    {0, 917, 0},     {15024, 10.7, 6}, {7688, 8.7, 6},  {7298, 7.6, 6},
    {99999, 4.9, 7}, {5178, 3, 6},     {3103, 3, 3},    {4386, 2.1, 2.5},
    {5013, 2.1, -5}, {8614, 1.7, 6},   {3325, 1.6, -5}, {2174, 1.5, -5},
    {10520, 1.3, 6}, {4064, 1.3, -5},  {14084, 1.3, 6}, {4650, 1.3, -5},
    {20051, 1.1, 6}, {3137, 1.1, -5},  {594, 1, -5},    {27828, 1, 6},
    {3908, 1, -5},   {2829, 1, -5},    {6849, 0.8, -5}, {13550, 0.8, 6},
    {14344, 1.7, 6}, {1055, 1.6, -5},  {3411, 1.4, -5}, {2885, 1.4, -5},
    {3464, 1.4, -5}, {2176, 1.3, -5},  {4787, 1.3, 6},  {9386, 1.3, 6},
    {4101, 1.2, -5}, {2597, 1.2, -5},  {2407, 1.1, -5}, {4865, 1, -5},
    {2202, 1, -5},   {10605, 1, 6},    {1506, 0.9, -5}, {3674, 0.9, -5},
    {3942, 0.9, -5}, {25236, 0.7, 6}};
constexpr AmountChoice kLosses[] = {
    {0, 953, 0},     {1902, 6.2, 4},  {1977, 5.2, 6},   {1887, 4.9, 6},
    {1485, 1.6, 1},  {1848, 1.6, 6},  {2415, 1.5, 6},   {1602, 1.4, -5},
    {1740, 1.3, -5}, {1590, 1.2, -5}, {1876, 1.2, -5},  {1672, 1, -5},
    {1564, 0.8, 6},  {2258, 0.8, 0},  {1741, 0.7, -5},  {1669, 0.7, -5},
    {2001, 1.2, -5}, {1980, 1.2, -5}, {1719, 1.1, -5},  {1408, 1.1, -5},
    {2051, 1.1, -5}, {2002, 1.1, -5}, {2377, 1.1, 0.2}, {1579, 1, -5},
    {1721, 1, -5},   {1504, 1, -5},   {1974, 1, -5},    {2339, 0.9, -5},
    {2444, 0.9, 6},  {2559, 0.9, 6},  {2824, 0.8, 6}};

// The place of one of several weighted things.
template <typename Weights>
std::size_t Draw(Random& random, const Weights& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  double left = random.Uniform() * sum;
  for (std::size_t i = 0; i + 1 < std::size(weights); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return std::size(weights) - 1;
}

template <typename AnyChoice, std::size_t kCount>
const AnyChoice& DrawChoice(Random& random,
                            const AnyChoice (&choices)[kCount]) {
  double shares[kCount];
  for (std::size_t i = 0; i < kCount; ++i) shares[i] = choices[i].share;
  return choices[Draw(random, shares)];
}

struct Person {
  std::array<std::string, kCategories> categories;
  std::array<std::int64_t, kNumbers> numbers;
  double logit = 0;
};

std::int64_t DrawAge(Random& random) {
  const auto step = static_cast<std::int64_t>(Draw(random, kAgeShares));
  return 17 + 5 * step + static_cast<std::int64_t>(random.Below(5));
}

std::size_t DrawEducation(Random& random, std::int64_t age) {
  for (;;) {
    const auto education = static_cast<std::size_t>(
        &DrawChoice(random, kEducations) - kEducations);
    if (age >= 22 || education < kCollege) return education;
  }
}

const Choice& DrawOccupation(Random& random, bool degree, bool female) {
  double shares[std::size(kOccupations)];
  for (std::size_t i = 0; i < std::size(kOccupations); ++i) {
    const Occupation& occupation = kOccupations[i];
    shares[i] = occupation.choice.share *
                (degree ? occupation.with_degree : 1) *
                (female ? occupation.female : 1);
  }
  return kOccupations[Draw(random, shares)].choice;
}

const char* DrawMaritalStatus(Random& random, double age, bool female) {
  const double never =
      0.06 + 0.92 / (1 + std::exp((age - (female ? 30.5 : 28)) / 4.5));
  if (random.Chance(never)) return "Never-married";
  constexpr const char* kStatuses[] = {"Married-civ-spouse", "Divorced",
                                       "Separated", "Widowed",
                                       "Married-spouse-absent"};
  const double widowed = age * age * age / 125000;
  const double women[] = {28, 45, 11, 14 * widowed, 3};
  const double men[] = {84, 11, 2.5, 1 * widowed, 1.5};
  return kStatuses[female ? Draw(random, women) : Draw(random, men)];
}

const char* DrawRelationship(Random& random, double age, bool female,
                             const Person& person) {
  const std::string& status = person.categories[kMaritalStatus];
  if (status == "Married-civ-spouse") return female ? "Wife" : "Husband";
  const bool child = status == "Never-married" && age < 30;
  if (random.Chance(child ? 0.6 : 0.1)) return "Own-child";
  if (random.Chance(0.68)) return "Not-in-family";
  return random.Chance(0.2) ? "Other-relative" : "Unmarried";
}

std::int64_t DrawHours(Random& random, bool female, const Choice& occupation) {
  if (random.Chance(0.47)) return 40;
  double hours = 40 + (female ? -4 : 2) + 4 * occupation.effect;
  for (int i = 0; i < 4; ++i) hours += 24 * (random.Uniform() - 0.5);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(hours), 1, 99);
}

// What two values have together beyond what each has: fixed, in [-size, size].
double PairEffect(absl::string_view a, absl::string_view b, double size) {
  const std::uint64_t hash = Mix64(Fingerprint64(a) ^ Mix64(Fingerprint64(b)));
  return size * (static_cast<double>(hash >> 11) * 0x1.0p-52 - 1);
}

double NumberEffects(const Person& person) {
  const auto age = static_cast<double>(person.numbers[kAge]);
  const auto hours = static_cast<double>(person.numbers[kHoursPerWeek]);
  const double from_prime = (std::clamp(age, 17.0, 75.0) - 49) / 16;
  return 0.6 - 0.9 * from_prime * from_prime +
         0.035 * (std::clamp(hours, 20.0, 60.0) - 40);
}

Person DrawPerson(Random& random) {
  Person person;
  const std::int64_t age = DrawAge(random);
  const bool female = random.Chance(0.331);
  const std::size_t education = DrawEducation(random, age);
  const bool degree = education >= kCollege;
  const Choice& occupation = DrawOccupation(random, degree, female);
  const Choice& workclass = DrawChoice(random, kWorkclasses);
  const Choice& race = DrawChoice(random, kRaces);
  const Choice& country = DrawChoice(random, kCountries);
  const AmountChoice& gain = DrawChoice(random, kGains);
  const AmountChoice& loss = DrawChoice(random, kLosses);

  auto& categories = person.categories;
  const auto years = static_cast<double>(age);
  categories[kMaritalStatus] = DrawMaritalStatus(random, years, female);
  categories[kRelationship] = DrawRelationship(random, years, female, person);
  categories[kEducation] = kEducations[education].name;
  categories[kOccupation] = occupation.name;
  // Who named no occupation named no class of work either.
  const bool unknown = categories[kOccupation] == "?";
  categories[kWorkclass] = unknown ? "?" : workclass.name;
  categories[kRace] = race.name;
  categories[kSex] = female ? "Female" : "Male";
  categories[kNativeCountry] = country.name;
  person.numbers = {age, static_cast<std::int64_t>(education) + 1, gain.amount,
                    loss.amount, DrawHours(random, female, occupation)};

  person.logit +=
      -2.6 + NumberEffects(person) + kEducations[education].effect +
      occupation.effect + (unknown ? 0 : workclass.effect) + race.effect +
      country.effect + gain.effect + loss.effect +
      (categories[kMaritalStatus] == "Married-civ-spouse" ? 2.3 : -0.6);
  person.logit +=
      PairEffect(categories[kEducation], categories[kOccupation], 0.7) +
      PairEffect(categories[kMaritalStatus], categories[kSex], 0.4) +
      PairEffect(degree ? "degree" : "none", age < 35 ? "young" : "old", 0.4);
  return person;
}

void Append(Person person, bool label, Dataset& data) {
  for (int column = 0; column < kCategories; ++column) {
    data.categories[column].push_back(std::move(person.categories[column]));
  }
  for (int column = 0; column < kNumbers; ++column) {
    data.numbers[column].push_back(person.numbers[column]);
  }
  data.labels.push_back(label ? 1.0f : 0.0f);
}

// Draws labels of the given probabilities, by systematic sampling: among rows
// of equal likeliest label, errors of that label come as evenly as they can. So
// the share of labels that nobody can foretell is not itself a matter of luck.
class LabelDraw {
 public:
  explicit LabelDraw(Random& random)
      : spent_{random.Uniform(), random.Uniform()} {}

  bool Draw(double probability) {
    const bool likely = probability > 0.5;
    double& spent = spent_[likely ? 1 : 0];
    spent += likely ? 1 - probability : probability;
    const bool unlikely_label = spent >= 1;
    if (unlikely_label) spent -= 1;
    return likely != unlikely_label;
  }

 private:
  double spent_[2];
};

// Returns the logits.
std::vector<float> Fill(Random& random, std::size_t rows, Dataset& data) {
  std::vector<float> logits;
  LabelDraw labels(random);
  for (std::size_t row = 0; row < rows; ++row) {
    Person person = DrawPerson(random);
    logits.push_back(static_cast<float>(person.logit));
    const bool label = labels.Draw(1 / (1 + std::exp(-person.logit)));
    Append(std::move(person), label, data);
  }
  return logits;
}

}  // namespace

GeneratedCensus GenerateCensus(std::uint64_t seed, std::size_t train_rows,
                               std::size_t test_rows) {
  GeneratedCensus generated;
  Random random(seed, kRowStream);
  Fill(random, train_rows, generated.census.train);
  const std::vector<float> logits =
      Fill(random, test_rows, generated.census.test);
  for (const float logit : logits) {
    generated.best_accuracy += 1 / (1 + std::exp(-std::abs(logit)));
  }
  generated.best_accuracy /= static_cast<double>(test_rows);
  const Metrics bayes = Measure(logits, generated.census.test.labels);
  generated.bayes_accuracy = bayes.accuracy;
  generated.bayes_loss = bayes.loss;
  return generated;
}

}  // namespace rowhouse::census
