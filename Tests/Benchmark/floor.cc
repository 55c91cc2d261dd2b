// A minimal program that shows the lowest possible cost of a poll: libcurl receives both lists, and simdjson parses every
// value.
// Nothing is classified, stored or rendered.
#include <curl/curl.h>
#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr int kWalks = 7;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

[[noreturn]] void fail(const char *what, const char *why) {
    std::fprintf(stderr, "floor: %s: %s\n", what, why);
    std::exit(1);
}

size_t receive(char *bytes, size_t size, size_t count, void *body) {
    static_cast<std::string *>(body)->append(bytes, size * count);
    return size * count;
}

std::string fetch(const std::string &url, const std::string &token) {
    CURL *curl = curl_easy_init();
    curl_slist *headers = curl_slist_append(nullptr, ("Authorization: Storpool v1:" + token).c_str());
    std::string body;
    body.reserve(size_t{128} << 20);  // avoids copies; unused memory pages cost nothing
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, long{CURL_MAX_READ_SIZE});
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    if (CURLcode code = curl_easy_perform(curl); code != CURLE_OK) fail(url.c_str(), curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return body;
}

// Results of the parsing, so that the compiler cannot remove it.
struct Seen {
    uint64_t values = 0;
    uint64_t sum = 0;
};

void walk(simdjson::ondemand::value value, Seen &seen) {
    ++seen.values;
    switch (value.type()) {
        case simdjson::ondemand::json_type::array:
            for (auto element : value.get_array()) walk(element.value(), seen);
            break;
        case simdjson::ondemand::json_type::object:
            for (auto field : value.get_object()) {
                seen.sum += std::string_view(field.unescaped_key()).size();
                walk(field.value(), seen);
            }
            break;
        case simdjson::ondemand::json_type::string:
            seen.sum += std::string_view(value.get_string()).size();
            break;
        case simdjson::ondemand::json_type::number: {
            simdjson::ondemand::number number = value.get_number();
            seen.sum += static_cast<uint64_t>(number.is_double() ? 0 : number.as_double());
            break;
        }
        case simdjson::ondemand::json_type::boolean:
            seen.sum += bool(value.get_bool());
            break;
        case simdjson::ondemand::json_type::null:
            seen.sum += value.is_null();
            break;
    }
}

double walk_once(const std::vector<simdjson::padded_string> &bodies, Seen &seen) {
    const double start = cpu_seconds();
    simdjson::ondemand::parser parser;
    for (const auto &body : bodies) {
        simdjson::ondemand::document document = parser.iterate(body);
        for (auto field : document.get_object()) {
            seen.sum += std::string_view(field.unescaped_key()).size();
            walk(field.value(), seen);
        }
    }
    return cpu_seconds() - start;
}

}  // namespace

int main(int count, char **arguments) try {
    if (count != 3) fail("usage", "floor URL TOKEN_FILE");
    std::string token;
    std::ifstream(arguments[2]) >> token;
    curl_global_init(CURL_GLOBAL_DEFAULT);

    const double start = cpu_seconds();
    std::vector<std::string> received;
    for (const char *query : {"VolumesList", "SnapshotsList"}) received.push_back(fetch(std::string(arguments[1]) + query, token));
    const double receiving = cpu_seconds() - start;

    std::vector<simdjson::padded_string> bodies;
    size_t bytes = 0;
    for (const auto &body : received) {
        bytes += body.size();
        bodies.emplace_back(body);
    }
    std::vector<double> walks;
    Seen seen;
    for (int i = 0; i < kWalks; ++i) {
        seen = Seen{};
        walks.push_back(walk_once(bodies, seen));
    }
    std::sort(walks.begin(), walks.end());
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"cpu_seconds\":%.6f,\"receive_seconds\":%.6f,\"walk_seconds\":%.6f,\"body_bytes\":%zu,\"values\":%llu,"
        "\"checksum\":%llu,\"peak_rss_bytes\":%llu}\n",
        receiving + walks[kWalks / 2], receiving, walks[kWalks / 2], bytes, static_cast<unsigned long long>(seen.values),
        static_cast<unsigned long long>(seen.sum), static_cast<unsigned long long>(usage.ru_maxrss) * 1024);
} catch (const simdjson::simdjson_error &error) {
    fail("simdjson", error.what());
}
