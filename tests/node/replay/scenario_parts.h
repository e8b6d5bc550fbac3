// The scenarios by topic; scenarios.cc joins them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenarios.h"

namespace demo_node::replay {

std::vector<Scenario> http_scenarios();
std::vector<Scenario> reading_scenarios();
std::vector<Scenario> power_scenarios();
std::vector<Scenario> lock_scenarios();
std::vector<Scenario> snapshot_scenarios();
std::vector<Scenario> creation_scenarios();
std::vector<Scenario> firewall_scenarios();
std::vector<Scenario> collection_scenarios();
std::vector<Scenario> container_scenarios();
std::vector<Scenario> second_day_scenarios();

}  // namespace demo_node::replay
