// swift-tools-version: 6.2
import PackageDescription

/// The version of the product, declared only here.
let version = "0.2.0"

/// The git revision of the checkout. A build without a checkout can set `BUILD_REVISION`.
let revision = Context.environment["BUILD_REVISION"] ?? Context.gitInformation?.currentCommit ?? "unknown"

/// Compiler settings of all Swift targets: Swift 6, warnings as errors, and strict rules for imports and for `any`.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A module that imports no C library, no Glibc and no Foundation. The compiler requires `unsafe` before each unsafe
/// expression.
func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + [.strictMemorySafety()])
}

/// A module that calls C. If `marksUnsafe` is true, the compiler requires `unsafe` before each unsafe expression. This
/// is for modules that handle bytes from sockets.
func outer(_ name: String, _ dependencies: [Target.Dependency] = [], marksUnsafe: Bool = false) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: marksUnsafe ? strict + [.strictMemorySafety()] : strict)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, exclude: exclude,
        resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// The program that `Tests/Fuzzing/fuzz` runs. It links only with libFuzzer, which provides its `main`. Therefore the
/// target exists only if `FUZZER` is set.
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
        .target(
            name: "CShims",
            cSettings: [
                .define("BUILD_VERSION", to: "\"\(version)\""), .define("BUILD_REVISION", to: "\"\(revision)\""),
            ],
            linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("systemd"), .linkedLibrary("z")]),

        // Pure modules. After `Text`, they are in the order of the data flow: from the bytes of a reply to pages and
        // reports.
        pure("Text"),
        pure("JSONStream", ["Text"]),
        pure("StorPool", ["JSONStream", "Text"]),
        pure("ProxmoxVE", ["StorPool", "Text"]),
        pure("Inventory", ["StorPool", "ProxmoxVE", "Text"]),
        pure("Exposition", ["Inventory", "ProxmoxVE", "StorPool", "Text"]),
        pure("Reports", ["Inventory", "ProxmoxVE", "StorPool", "JSONStream", "Text"]),

        // Modules that call the system.
        outer("System", ["CShims"], marksUnsafe: true),
        outer("HTTPServer", ["System", "Text"], marksUnsafe: true),
        outer(
            "Exporter",
            [
                "Text", "JSONStream", "StorPool", "ProxmoxVE", "Inventory", "Exposition", "Reports", "CShims", "System",
                "HTTPServer",
            ]),
        .executableTarget(
            name: "storpool-pve-exporter",
            dependencies: [
                "Exporter", "HTTPServer", "Reports", "Inventory", "ProxmoxVE", "StorPool", "System", "CShims", "Text",
                argumentParser,
            ],
            swiftSettings: strict),

        // For tests only.
        .target(
            name: "Simulator", dependencies: ["System", "HTTPServer", "Text"], path: "Tests/Simulator/Simulator",
            swiftSettings: strict),
        .executableTarget(
            name: "storpool-simulator", dependencies: ["Simulator", "System", argumentParser],
            path: "Tests/Simulator/storpool-simulator", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["JSONStream", "StorPool", "System", "HTTPServer"],
            path: "Tests/Support", swiftSettings: strict),
        tests(of: "Text"),
        tests(of: "JSONStream", ["Text"]),
        tests(
            of: "StorPool", ["Text"], exclude: ["Configuration/confget_cases.py", "Configuration/spconfig_test.py"],
            resources: [.copy("Configuration/confget-cases.jsonl")]),
        tests(of: "ProxmoxVE", ["StorPool", "JSONStream"], resources: [.copy("plugin-verdicts.jsonl")]),
        tests(of: "Inventory", ["StorPool", "ProxmoxVE"]),
        tests(of: "Exposition", ["Inventory", "ProxmoxVE", "StorPool"]),
        tests(of: "Reports", ["Text", "Inventory", "ProxmoxVE", "StorPool"]),
        tests(of: "System", ["CShims"]),
        tests(of: "HTTPServer", ["System", "Text"]),
        tests(
            of: "Simulator", ["System", "Inventory", "ProxmoxVE", "StorPool"],
            exclude: ["conftest.py", "official_client_test.py", "anomalies_test.py", "faults_test.py"]),
        tests(of: "Exporter", ["System", "Exposition", "Text", "ProxmoxVE", "Inventory", "StorPool"]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: ["Exporter", "Exposition", "HTTPServer", "ProxmoxVE", "StorPool"],
            exclude: ["documentation_test.py"], swiftSettings: strict),

        .target(
            name: "FuzzProperties",
            dependencies: ["TestSupport", "JSONStream", "StorPool", "ProxmoxVE", "HTTPServer", "Exporter"],
            path: "Tests/Fuzzing/Properties", swiftSettings: strict),
        tests(of: "FuzzProperties", resources: [.copy("corpora")]),
    ] + fuzzer
)
