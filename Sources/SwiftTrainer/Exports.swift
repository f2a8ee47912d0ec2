// One import for people who train models: what every module below offers.
@_exported public import Datasets
@_exported public import OrderedJSON
@_exported public import ModelHub
@_exported public import PretrainedModels
@_exported public import Tokenization
@_exported public import Torch
@_exported public import Training
