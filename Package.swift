// swift-tools-version: 6.2
import PackageDescription

/// The version of the product, here and nowhere else.
let version = "0.2.0"

/// The git revision: of a checkout, or as whoever builds an archive says.
let revision = Context.environment["BUILD_REVISION"] ?? Context.gitInformation?.currentCommit ?? "unknown"

/// Settings of every target: warnings are errors, and imports and existentials say what they are.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Pure targets: no C library, no Glibc, no Foundation, and every unsafe expression marked.
func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + [.strictMemorySafety()])
}

/// Thin wrappers at the rim: the only targets that call C.
func rim(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// What `make fuzz` runs. libFuzzer brings the `main`, so it is there only where libFuzzer is.
let fuzzer: [Target] =
    Context.environment["FUZZER"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzzer", dependencies: ["FuzzProperties"], path: "Tests/Fuzzing/Harness", swiftSettings: strict)
    ]

let package = Package(
    name: "storpool-pve-exporter",
    products: [
        .executable(name: "storpool-pve-exporter", targets: ["storpool-pve-exporter"]),
        .executable(name: "storpool-simulator", targets: ["storpool-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C libraries.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(
            name: "CSupport",
            cSettings: [
                .define("BUILD_VERSION", to: "\"\(version)\""), .define("BUILD_REVISION", to: "\"\(revision)\""),
            ]),

        // The way of the data, from the bytes of a reply to the bytes of a page.
        pure("PrintableText"),
        pure("JSONStream", ["PrintableText"]),
        pure("StorPoolObjects", ["JSONStream"]),
        pure("ProxmoxNaming", ["StorPoolObjects", "PrintableText"]),
        pure("Inventory", ["StorPoolObjects", "ProxmoxNaming"]),
        pure("Exposition", ["Inventory", "ProxmoxNaming", "StorPoolObjects", "PrintableText"]),
        pure("Reports", ["Inventory", "ProxmoxNaming", "StorPoolObjects", "JSONStream", "PrintableText"]),
        pure("HTTPMessages"),
        pure("Settings", ["PrintableText"]),

        // The rim.
        rim("EventLoop", ["CSystemd"]),
        rim("Journal", ["CSystemd", "EventLoop"]),
        rim("HTTPClient", ["CCurl", "EventLoop"]),
        rim("HTTPServer", ["EventLoop", "HTTPMessages"]),
        rim("Gzip", ["CZlib"]),

        // The daemon, wired.
        rim(
            "Exporter",
            [
                "JSONStream", "StorPoolObjects", "ProxmoxNaming", "Inventory", "Exposition", "Reports", "HTTPMessages",
                "Settings", "CSupport", "EventLoop", "Journal", "HTTPClient", "HTTPServer", "Gzip", "PrintableText",
            ]),
        .executableTarget(
            name: "storpool-pve-exporter",
            dependencies: [
                "Exporter", "Reports", "Settings", "Inventory", "ProxmoxNaming", "StorPoolObjects", "EventLoop",
                "CSupport", "PrintableText", argumentParser,
            ],
            swiftSettings: strict),

        // Nothing that ships depends on these.
        rim("Simulator", ["EventLoop", "HTTPMessages"]),
        .executableTarget(
            name: "storpool-simulator", dependencies: ["Simulator", "EventLoop", argumentParser], swiftSettings: strict),

        // What several suites, and the fuzzer, say a text reads as.
        .target(
            name: "Readings", dependencies: ["JSONStream", "StorPoolObjects", "HTTPMessages"], path: "Tests/Readings",
            swiftSettings: strict),
        // What suites count that look for leaks.
        .target(name: "OpenDescriptors", path: "Tests/OpenDescriptors", swiftSettings: strict),
        // What suites try by chance, the same at every run.
        .target(name: "SeededNumbers", path: "Tests/SeededNumbers", swiftSettings: strict),
        tests(of: "PrintableText"),
        tests(of: "JSONStream", ["PrintableText", "Readings", "SeededNumbers"]),
        tests(of: "StorPoolObjects", ["Readings"]),
        tests(
            of: "ProxmoxNaming", ["StorPoolObjects", "JSONStream", "SeededNumbers"],
            resources: [.copy("plugin-verdicts.jsonl")]),
        tests(of: "Inventory", ["StorPoolObjects", "ProxmoxNaming", "SeededNumbers"]),
        tests(of: "Exposition", ["Inventory", "ProxmoxNaming", "SeededNumbers", "StorPoolObjects"]),
        tests(of: "Reports", ["PrintableText", "Inventory", "ProxmoxNaming", "StorPoolObjects"]),
        tests(of: "HTTPMessages", ["Readings"]),
        tests(
            of: "Settings", exclude: ["confget_cases.py", "spconfig_test.py"],
            resources: [.copy("confget-cases.jsonl")]),
        tests(of: "EventLoop", ["OpenDescriptors"]),
        tests(of: "Journal", ["EventLoop"]),
        tests(of: "HTTPClient", ["EventLoop", "OpenDescriptors"]),
        tests(of: "HTTPServer", ["EventLoop", "HTTPMessages"]),
        tests(of: "Gzip"),
        tests(
            of: "Simulator", ["EventLoop", "Inventory", "OpenDescriptors", "ProxmoxNaming", "StorPoolObjects"],
            exclude: ["conftest.py", "official_client_test.py", "anomalies_test.py", "faults_test.py"]),
        tests(
            of: "Exporter",
            ["EventLoop", "Exposition", "PrintableText", "ProxmoxNaming", "Inventory", "StorPoolObjects"]),

        .target(
            name: "FuzzProperties",
            dependencies: [
                "Readings", "JSONStream", "StorPoolObjects", "ProxmoxNaming", "HTTPMessages", "Settings", "Exporter",
            ],
            path: "Tests/Fuzzing/Properties", swiftSettings: strict),
        tests(of: "FuzzProperties", resources: [.copy("corpora")]),
    ] + fuzzer
)
