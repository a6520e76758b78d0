"""The closed list of words that respondents' pages say beside the questionnaire's own texts: a key for each.

The values are the messages of the interface's catalogues. Where a catalogue knows forms for one and for many, the key
stands for the form of one, and a translation says its number so that one sentence fits every number.
"""

from __future__ import annotations

GENERAL = {
    "continue": "Continue",
    "back": "Back",
    "submit": "Submit",
    "page_of": "Page %(number)s of %(count)s",
    "question_of": "Question %(number)s of %(count)s",
    "last_question": "That was the last question",
    "press_submit": "Press Submit to send your answers, or go back to change them.",
    "who_asks": "%(organisation)s asks you this to become better.",
    "identified": "Our staff see that these answers are yours, so that they can help.",
    "confidential": "Your answers are confidential: our staff don't see whose they are.",
    "anonymous": "Your answers are anonymous: nobody can see whose they are.",
    "no_name": "We don't ask for your name.",
    "only_if_told": "We know who you are only if you tell us.",
    "kept_for": "Answers are kept for %(months)s months.",
    "questions": "Questions?",
    "error_title": "Error: %(title)s",
    "problem": "There is a problem",
    "out_of_date": "This page was out of date. Your answers are still here: press the button once more.",
    "thank_you": "Thank you",
    "answers_arrived": "Your answers have reached us.",
    "close_page": "You can close this page.",
}
ENDS = {
    "have_answered": "Thank you, you have answered",
    "answers_known": "We have your answers already.",
    "answers_final": "We have your answers already, and they can no longer be changed.",
    "may_change_until": "You can see, change or take back your answers until %(day)s.",
    "changed_until": "We have your answers. They could be changed until %(day)s.",
    "nobody_finds": "Your answers are anonymous: nobody can find them again, so they can't be shown or changed.",
    "closed": "This survey is closed",
    "closed_line": "It takes no more answers. Thank you for wanting to take part.",
    "full": "This survey has all its answers",
    "full_line": "Enough people have answered. Thank you for wanting to take part.",
    "not_begun": "This survey has not begun",
    "come_later": "Please come back later.",
    "paused": "This survey pauses",
    "paused_line": "It takes no answers just now. Please come back later.",
    "you_typed": "This is what you typed",
    "not_stored": "What you typed has not been stored.",
}
OWN_ANSWERS = {
    "see_or_change": "See or change my answers",
    "my_answers": "My answers",
    "told_us": "This is what you told us. You can change it or take it back until %(day)s.",
    "change_begun": "You began to change your answers. Until you send the change, your first answers stand.",
    "what_to_do": "What you can do",
    "see_answers": "See my answers",
    "change_answers": "Change my answers",
    "take_back": "Take my answers back",
    "take_back_sure": "Take your answers back?",
    "take_back_line": (
        "We delete everything you answered. It cannot be brought back, and this link takes no new answers."
    ),
    "delete_answers": "Delete my answers",
    "keep_answers": "No, keep them",
    "taken_back": "You took your answers back",
    "deleted": "We have deleted what you answered. This link takes no new answers.",
    "skipped": "Skipped",
    "no_answer": "No answer",
    "my_details": "My contact details",
    "saved": "Saved.",
    "name": "Name",
    "telephone": "Telephone number",
    "mail_language": "Language of our mails",
    "no_preference": "No preference",
    "save": "Save",
    "we_write_to": "We write to %(address)s.",
    "change_address": "Change my address and what mail I get",
    "no_more_mail": "I want no more survey mail",
    "back_to_answers": "Back to my answers",
    "too_many_characters": "This has more than %(n)s characters.",
    "no_telephone": "%(phone)s is not a telephone number. Use digits, blanks, +, - and brackets.",
}
MAIL = {
    "stop_mail": "Do you want no more survey mail?",
    "stop_mail_line": (
        "%(organisation)s will send no more surveys to the address that got this mail. Other mail is not affected."
    ),
    "stop_mail_now": "No more survey mail",
    "mail_stopped": "You get no more survey mail from us",
    "mail_stopped_line": (
        "%(organisation)s sends no more surveys to the address that got this mail. Other mail is not affected."
    ),
    "undo_stop": "That was a mistake: undo",
    "mail_again": "You get survey mail again",
    "mail_again_line": "%(organisation)s may ask for your opinion by mail again.",
    "nothing_changed": "Nothing was changed",
    "mail_kept_line": "This address gets no survey mail for another reason. Please write to %(address)s.",
    "see_details": "See and change your details and what you get",
    "write_to": "Questions? Write to %(address)s.",
    "skip": "Skip to content",
}
SHARED_DEVICE = {
    "start_again": "Start again",
    "full_screen": "Full screen",
    "no_connection": "There is no connection. What you entered is still here: press the button once more.",
    "still_there": "Are you still there?",
    "begins_otherwise": "Otherwise this page begins again for the next person.",
    "go_on": "Yes, I go on",
    "one_moment": "One moment, please",
    "begins_again": "In a moment this page begins again for the next person.",
}
LANGUAGES = {"language": "Language"}
SCREENED_OUT = {
    "interest": "Thank you for your interest",
    "for_others": "This time our questions are for other people. Nothing more is needed from you.",
}
QUOTAS = {
    "willingness": "Thank you for your willingness",
    "enough_answered": "Enough people like you have answered already. Nothing more is needed from you.",
    "change_refused": "Your change could not be taken",
    "first_stand": "Enough people have answered as you do now. Your first answers stand, and nothing was changed.",
    "write_if_wrong": "Write to us if they were wrong.",
}
REASONS = {
    "not_applicable": "Does not apply to me",
    "dont_know": "I don't know",
    "either_or": "Give an answer or choose “%(reason)s”, not both.",
    "said_not_applicable": "Does not apply",
    "said_dont_know": "Doesn't know",
}
SCALES = {
    "ends": "%(low)s = %(first)s, %(high)s = %(last)s",
    "number_from_to": "Choose a number from %(low)s to %(high)s.",
}
BATTERIES = {"answer_for": "Choose an answer for “%(row)s”."}
CHOICES = {
    "choose_answer": "Choose an answer.",
    "choose_listed": "Choose from the answers listed.",
    "choose_one": "Choose one of the answers listed.",
    "own_words": "In your own words",
    "what_you_mean": "Write what you mean by “%(option)s”.",
    "text_too_long": "Your answer has %(num)s character; shorten it to %(limit)s or fewer.",
}
MULTIPLE = {
    "choose_all": "Choose all that apply.",
    "choose_from_to": "Choose %(least)s to %(most)s answers.",
    "choose_exactly": "Choose %(num)s answer.",
    "choose_at_least": "Choose at least %(num)s answer.",
    "choose_at_most": "Choose at most %(num)s answer.",
    "not_both": "Choose either “%(option)s” or the other answers, not both.",
}
RANKINGS = {
    "rank": "Give 1 to your first choice, 2 to the next, and so on.",
    "rank_first": "Rank your first choice only.",
    "rank_at_least": "Rank at least %(num)s answer.",
    "place_from_to": "Choose a place from 1 to %(most)s.",
    "place_twice": "“%(first)s” has place %(place)s too. Give each its own place.",
    "place_missing": "Nothing has place %(place)s yet. Use 1, 2, 3 and so on.",
}
SUMS = {
    "share": "Share %(total)s among these. Leave empty what gets nothing.",
    "share_all": "Share all %(total)s.",
    "share_more": "You have shared %(shared)s of %(total)s. Share the other %(rest)s too.",
    "share_less": "You have shared %(shared)s of %(total)s. Take %(rest)s away.",
    "whole_from_zero": "Write a whole number of 0 or more.",
}
NUMBERS = {
    "write_number": "Write a number.",
    "digits_only": "Write a number, with digits only.",
    "whole_number": "Write a whole number.",
    "decimals_at_most": "Write at most %(num)s decimal place.",
    "write_from_to": "Write a number from %(low)s to %(high)s.",
    "write_or_more": "Write a number of %(low)s or more.",
    "write_or_less": "Write a number of %(high)s or less.",
}
DAYS = {
    "choose_day": "Choose a day.",
    "write_day": "Write a day such as %(example)s, with all four digits of the year.",
    "day_from_to": "Choose a day from %(low)s to %(high)s.",
    "day_or_later": "Choose %(low)s or a later day.",
    "day_or_earlier": "Choose %(high)s or an earlier day.",
}
TEXTS = {
    "write_answer": "Write your answer.",
    "text_too_long": "Your answer has %(num)s character; shorten it to %(limit)s or fewer.",
}
CONTACTS = {
    "mail_address": "E-mail address",
    "phone": "Phone",
    "language": "Language",
    "may_keep": "You may keep these details and use them to contact me.",
    "kept": "may be kept",
    "not_kept": "not to be kept",
    "write_name": "Write your name.",
    "write_mail_address": "Write your e-mail address.",
    "write_telephone": "Write your telephone number.",
    "choose_language": "Choose a language.",
    "no_mail_address": "%(address)s is not a mail address. Write it as name@example.com.",
}
# Pages that no questionnaire stands behind, and those about mail: said in ready words only.
ELSEWHERE = {
    "unknown_link": "We don't know this link",
    "unknown_link_line": (
        "This link leads to no survey. It may be incomplete: copy the whole link from your message and try again."
    ),
    "too_much_text": "This is more text than we can take",
    "too_much_text_line": "Nothing has been stored. Go back, shorten your text, and send it again.",
}
KEYS: dict[str, str] = {
    **GENERAL, **ENDS, **OWN_ANSWERS, **MAIL, **SHARED_DEVICE, **LANGUAGES, **SCREENED_OUT, **QUOTAS, **REASONS,
    **SCALES, **BATTERIES, **CHOICES, **MULTIPLE, **RANKINGS, **SUMS, **NUMBERS, **DAYS, **TEXTS, **CONTACTS,
}  # fmt: skip
